using System.Threading.Channels;
using Automation.Simulators;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Automation.Connectors.Tests.Simulators;

/// <summary>Takes hooks and hands the bodies over, decoded, in the order of arrival.</summary>
internal sealed class HookReceiver
{
    private readonly Channel<string> bodies = Channel.CreateUnbounded<string>();

    public int Status { get; set; } = 200;

    public void Map(WebApplication app) => app.Map("/hook", async context =>
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        bodies.Writer.TryWrite(body.Length > 0 ? FormPairs.Decode(body) : context.Request.QueryString.Value!);
        context.Response.StatusCode = Status;
    });

    /// <summary>Fails after 20 s: a hook that never comes must not hang the run.</summary>
    public async Task<string[]> NextAsync()
    {
        var token = TestContext.Current.CancellationToken;
        return (await bodies.Reader.ReadAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), token)).Split('\n');
    }
}
