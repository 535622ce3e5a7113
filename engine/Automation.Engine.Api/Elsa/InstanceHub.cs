using Automation.Engine.Api.Access;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Elsa;

/// <summary>Where the viewer of a run asks to be told what happens in it.</summary>
internal sealed class InstanceHub(ApiKeyService keys, InstanceWatch watch, IDbContextFactory<AutomationDbContext> contexts) : Hub
{
    private const int MostRuns = 20;

    /// <summary>Tells this connection of the run from now on.</summary>
    /// <exception cref="HubException">The account has no such run, or the connection watches too many.</exception>
    public async Task ObserveInstanceAsync(string instanceId)
    {
        var key = AccessMiddleware.KeyOf(Context.GetHttpContext()!.Request) ?? "";
        if (await keys.FindAsync(key, Context.ConnectionAborted) is not { } caller)
        {
            Context.Abort();
            return;
        }

        await using var db = await contexts.CreateDbContextAsync(Context.ConnectionAborted);
        var account = caller.Account.Value;
        if (!Guid.TryParse(instanceId, out var run) || !await db.Runs.AnyAsync(row => row.AccountId == account && row.Id == run, Context.ConnectionAborted)) throw new HubException("There is no such run.");
        await Groups.AddToGroupAsync(Context.ConnectionId, InstanceWatch.Group(run), Context.ConnectionAborted);
        if (!watch.Observe(run, new(Context, key), MostRuns))
        {
            await Groups.RemoveFromGroupAsync(Context.ConnectionId, InstanceWatch.Group(run), Context.ConnectionAborted);
            throw new HubException($"One connection watches at most {MostRuns} runs.");
        }

        // It may have gone while it was let in.
        if (Context.ConnectionAborted.IsCancellationRequested) watch.Leave(Context.ConnectionId);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        watch.Leave(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
