using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Api.Hooks;

/// <summary>
/// How many events wait, at most: the last count and everything accepted since. Counted again only when that bound nears the limit,
/// and now and then, the more often where other nodes accept too.
/// </summary>
internal sealed class WaitingGauge(IDbContextFactory<AutomationDbContext> contexts, ClusterDuties duties, IOptions<HookOptions> options, TimeProvider clock, ILogger<WaitingGauge> logger)
{
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AmongOthers = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);
    private readonly int limit = options.Value.MaxWaiting;
    private long counted;
    private long accepted;
    private long countedAt;
    private int counting;

    public bool IsFull
    {
        get
        {
            var bound = Interlocked.Read(ref counted) + Interlocked.Read(ref accepted);
            var at = Interlocked.Read(ref countedAt);
            var age = at == 0 ? TimeSpan.MaxValue : clock.GetElapsedTime(at);
            if ((age > (duties.Nodes > 1 ? AmongOthers : Seldom) || (bound > limit / 2 && age > Often)) && Interlocked.CompareExchange(ref counting, 1, 0) == 0) _ = Task.Run(CountAsync);
            return bound >= limit;
        }
    }

    public void Accepted(int events) => Interlocked.Add(ref accepted, events);

    private async Task CountAsync()
    {
        try
        {
            var before = Interlocked.Read(ref accepted);
            await using var db = await contexts.CreateDbContextAsync();
            var waiting = await db.Events.CountAsync(row => row.Status == EventStatus.Waiting);
            Interlocked.Exchange(ref counted, waiting);
            Interlocked.Add(ref accepted, -before);
        }
#pragma warning disable CA1031 // The bound stays as it is; the next hook counts again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.WaitingNotCounted(e);
        }
        finally
        {
            Interlocked.Exchange(ref countedAt, clock.GetTimestamp());
            Interlocked.Exchange(ref counting, 0);
        }
    }
}
