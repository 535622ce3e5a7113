using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Automation.Engine.Api;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Live updates over SignalR, as the viewer of a run takes them.</summary>
public sealed class InstanceHubTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Observe_Run_TellsWhatHappensInIt()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        await using var viewer = await ViewerAsync(api.Key);
        await viewer.Hub.InvokeAsync("ObserveInstanceAsync", run, Cancel);
        Assert.True((await viewer.NextAsync("Workflow1:flow:wait")).GetProperty("isBlocked").GetBoolean());

        await api.PostAsync("bulk-actions/cancel/workflow-instances", new JObject { ["ids"] = new JArray(run) });
        JsonElement stats;
        do stats = await viewer.NextAsync("Workflow1:flow:wait");
        while (stats.GetProperty("isBlocked").GetBoolean());
        Assert.Equal((1, 0), (stats.GetProperty("startedCount").GetInt32(), stats.GetProperty("completedCount").GetInt32()));
        Assert.Equal(run, (await viewer.Instances.Reader.ReadAsync(Cancel)).GetProperty("workflowInstanceId").GetString());
        Assert.Equal(JsonValueKind.Object, (await viewer.Journals.Reader.ReadAsync(Cancel)).ValueKind);
    }

    /// <summary>Rows that another node commits do not pass through this node's feed.</summary>
    [Fact]
    public async Task Observe_RunThatAnotherNodeAdvances_IsFoundByItsRow()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        await using var viewer = await ViewerAsync(api.Key);
        await viewer.Hub.InvokeAsync("ObserveInstanceAsync", run, Cancel);
        await viewer.Instances.Reader.ReadAsync(Cancel);

        var id = Guid.Parse(run);
        await using var db = await server.DbAsync();
        await db.Runs.Where(row => row.Id == id).ExecuteUpdateAsync(update => update.SetProperty(row => row.Sequence, row => row.Sequence + 1), Cancel);
        Assert.Equal(run, (await viewer.Instances.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Patience, Cancel)).GetProperty("workflowInstanceId").GetString());
    }

    [Fact]
    public async Task Observe_ForeignRun_IsRefusedLikeAnUnknownOne()
    {
        using var mine = await ElsaClient.NewAsync(server);
        using var theirs = await ElsaClient.NewAsync(server);
        var run = await theirs.RunAsync(await theirs.SaveAsync(ElsaClient.Waiting()));
        await using var viewer = await ViewerAsync(mine.Key);
        var texts = new List<string>();
        foreach (var id in new[] { run, Guid.Empty.ToString(), "no id" }) texts.Add((await Assert.ThrowsAsync<HubException>(() => viewer.Hub.InvokeAsync("ObserveInstanceAsync", id, Cancel))).Message);
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public async Task Connect_StudioKeyInTheAddress_IsLetIn_AndNobodyElse()
    {
        using var api = await ElsaClient.NewAsync(server);
        var key = (string)(await ElsaClient.ReadAsync(await api.Http.PostAsync("/api/session/studio", ElsaClient.Json([]), Cancel)))["key"]!;
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        await using (var viewer = await ViewerAsync(key, inAddress: true))
        {
            await viewer.Hub.InvokeAsync("ObserveInstanceAsync", run, Cancel);
            await viewer.Instances.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Patience, Cancel);
        }

        foreach (var (address, cookie) in new[] { ("", ""), ("?access_token=wrong-but-long-enough", ""), ("", await CookieAsync(api)) })
        {
            using var nobody = server.NewClient();
            var request = new HttpRequestMessage(HttpMethod.Post, $"/elsa/hubs/workflow-instance/negotiate{address}");
            if (cookie.Length > 0) request.Headers.Add("Cookie", cookie);
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.SendAsync(request, Cancel)).StatusCode);
        }

        // The key stands in the address at hubs only: addresses are kept in many a log.
        using var elsewhere = server.NewClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync($"/elsa/api/workflow-definitions?access_token={api.Key}", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Connection_KeyIsTakenAway_IsEnded()
    {
        using var api = await ElsaClient.NewAsync(server);
        var keys = server.Services.GetRequiredService<ApiKeyService>();
        var key = await keys.CreateAsync(api.Account, "viewer", ApiKeyKinds.Key, null, Cancel);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        await using var viewer = await ViewerAsync(key);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        viewer.Hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await viewer.Hub.InvokeAsync("ObserveInstanceAsync", run, Cancel);
        await using (var db = await server.DbAsync())
        {
            var id = await db.ApiKeys.Where(row => row.AccountId == api.Account.Value && row.Name == "viewer").Select(row => row.Id).SingleAsync(Cancel);
            Assert.True(await keys.RevokeAsync(api.Account, id, Cancel));
        }

        await closed.Task.WaitAsync(Patience, Cancel);
    }

    private static async Task<string> CookieAsync(ElsaClient api)
    {
        var opened = await api.Http.PostAsync("/api/session", null, Cancel);
        return opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <param name="inAddress">As a browser does for a socket; a header otherwise.</param>
    private async Task<Viewer> ViewerAsync(string key, bool inAddress = false)
    {
        var address = new Uri(server.Address, $"/elsa/hubs/workflow-instance{(inAddress ? $"?access_token={key}" : "")}");
        var viewer = new Viewer(new HubConnectionBuilder().WithUrl(address, options =>
        {
            if (!inAddress) options.Headers["Authorization"] = $"ApiKey {key}";
        }).Build());
        await viewer.Hub.StartAsync(Cancel);
        return viewer;
    }

    private sealed class Viewer : IAsyncDisposable
    {
        private readonly Channel<JsonElement> stats = Channel.CreateUnbounded<JsonElement>();

        public Viewer(HubConnection hub)
        {
            Hub = hub;
            hub.On<JsonElement>("ActivityExecutionLogUpdatedAsync", message => stats.Writer.TryWrite(message));
            hub.On<JsonElement>("WorkflowInstanceUpdatedAsync", message => Instances.Writer.TryWrite(message));
            hub.On<JsonElement>("WorkflowExecutionLogUpdatedAsync", message => Journals.Writer.TryWrite(message));
        }

        public HubConnection Hub { get; }

        public Channel<JsonElement> Instances { get; } = Channel.CreateUnbounded<JsonElement>();

        public Channel<JsonElement> Journals { get; } = Channel.CreateUnbounded<JsonElement>();

        /// <summary>The node's badge in the next message.</summary>
        public async Task<JsonElement> NextAsync(string node)
        {
            var message = await stats.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Patience, Cancel);
            return message.GetProperty("stats").EnumerateArray().Single(one => one.GetProperty("activityNodeId").GetString() == node);
        }

        public ValueTask DisposeAsync() => Hub.DisposeAsync();
    }
}
