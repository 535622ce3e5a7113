using System.Threading.Channels;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Hooks;

/// <summary>Follows hints behind the answer. One that is lost costs time only: the feed's next pass reads what changed.</summary>
internal sealed class HintQueue(FeedPoller poller, ILogger<HintQueue> logger) : BackgroundService
{
    private readonly Channel<(Connection Connection, IReadOnlyList<CrmEvent> Hints)> waiting =
        Channel.CreateBounded<(Connection, IReadOnlyList<CrmEvent>)>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Add(Connection connection, IReadOnlyList<CrmEvent> hints) => waiting.Writer.TryWrite((connection, hints));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (connection, hints) in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await poller.HintAsync(connection, hints, stoppingToken);
            }
#pragma warning disable CA1031 // The queue goes on with the next hint.
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.HintFailed(connection.Id.Value, e);
            }
        }
    }
}
