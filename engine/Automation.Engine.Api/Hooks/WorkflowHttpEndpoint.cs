using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Runs;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Hooks;

/// <summary>Requests that start a workflow by its HTTP endpoint, or resume a run that waits for one: bounded, stored, and then answered by the run.</summary>
internal sealed class WorkflowHttpEndpoint(
    IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, TriggerCatalog triggers, WorkflowStarter starter, StimulusSender stimuli, RunWatch watch, ApiKeyService keys,
    AttemptGate attempts, RateGate rates, RuntimeGate gate, IIdSource ids, TimeProvider clock, IOptions<HookOptions> options, ILogger<WorkflowHttpEndpoint> logger)
{

    private sealed record Match(StartingWorkflow? Start, HttpEndpointRules Rules, RouteValueDictionary Route);

    public async Task HandleAsync(HttpContext context)
    {
        var problem = gate.IsOpen ? await TakeAsync(context) : new Problem(503, "storage_unavailable", "The server is starting. Send it again.") { RetryAfter = 1 };
        if (problem is not null) await ProblemWriter.WriteAsync(context, problem);
    }

    /// <returns>Null when the answer is given.</returns>
    private async Task<Problem?> TakeAsync(HttpContext context)
    {
        var route = context.Request.RouteValues;
        if (await AccountAsync((string)route["account"]!, context.RequestAborted) is not { } account) return Problem.NotFound();
        var path = ((string?)route["path"] ?? "").Trim('/');
        if (await FindAsync(account, path, context.Request.Method, context.RequestAborted) is not { } match) return Problem.NotFound();
        if (match.Rules.Authorize && !await MayAsync(context, account)) return AccessMiddleware.Wrong(context, attempts, logger);
        var wait = await rates.TakeAsync(account, (await accounts.GetAsync(account, context.RequestAborted)).Quotas.EventsPerSecond);
        if (wait > 0) return new Problem(429, "rate_limited", "The account sends events faster than it may.") { RetryAfter = wait };
        using var slow = new CancellationTokenSource(options.Value.ReadTimeout, clock);
        if (await HookBodyReader.ReadAsync(context, match.Rules.SizeLimit, slow.Token) is not { } body) return ProblemWriter.OfStatus(408);
        var (request, refusal) = await WorkflowRequest.ReadAsync(context, path, match.Route, match.Rules, body);
        if (refusal is not null) return refusal;
        return match.Start is { } start ? await StartAsync(context, account, start, match.Rules, request) : await ResumeAsync(context, account, match.Rules, request);
    }

    private async Task<bool> MayAsync(HttpContext context, AccountId account) =>
        AccessMiddleware.KeyOf(context.Request) is { } key && await keys.FindAsync(key, context.RequestAborted) is { Kind: ApiKeyKinds.Key } caller && caller.Account == account && caller.May(Permissions.Operate);

    private async Task<Problem?> StartAsync(HttpContext context, AccountId account, StartingWorkflow start, HttpEndpointRules rules, JObject request)
    {
        var order = new WorkflowStart(new JObject { [HttpEndpointRules.Input] = request }, null, start.Trigger.ActivityId);
        if (RequestKey.Of(context.Request) is { } key) order = order with { Known = (ids.NewId(), $"http|{start.Definition.DefinitionId}|{start.Trigger.ActivityId}|{key}", clock.GetUtcNow()) };

        if (await starter.StartAsync(account, start.Definition, order, context.RequestAborted) is not { } started) return CannotStart;
        var seen = await watch.UntilAsync(account, started.Run, started.Event, row => Answer(row) is not null || IsOver(row), TimeSpan.FromSeconds(rules.TimeoutSeconds), context.RequestAborted);
        if (seen.Refused) return CannotStart;
        context.Response.Headers[StartEndpoints.InstanceHeader] = started.Run.ToString();
        if (seen.Run is { } run && Answer(run) is { } answer) await WriteAsync(context, answer);
        else if (seen.Run is { Status: (int)RunStatus.Faulted }) return new(500, "run_failed", "The workflow failed.");
        else await TellAsync(context, seen.Run is { } ended && IsOver(ended) ? 200 : 202, new() { ["workflowInstanceId"] = started.Run.ToString() });
        return null;
    }

    private static Problem CannotStart { get; } = new(409, "cannot_start", "The workflow's activation strategy lets no further run start now.");

    // The run's first caller has its answer already: this one is told that it was taken.
    private async Task<Problem?> ResumeAsync(HttpContext context, AccountId account, HttpEndpointRules rules, JObject request)
    {
        var key = RequestKey.Of(context.Request) ?? ids.NewId().ToString("N");
        var sent = await stimuli.SendAsync(account, new(SharedStimuli.HttpHash(HttpPath.Shape(rules.Path), rules.Method, rules.Authorize), $"http|{rules.Method}|{HttpPath.Shape((string)request["path"]!)}|{key}", clock.GetUtcNow(), null, request, [], 0), context.RequestAborted);
        if (sent.Resumed == 0) return Problem.NotFound();
        await TellAsync(context, 202, new() { ["resumed"] = sent.Resumed });
        return null;
    }

    private static Task TellAsync(HttpContext context, int status, JObject answer)
    {
        context.Response.StatusCode = status;
        return ApiJson.WriteAsync(context.Response, answer, "application/json");
    }

    private async Task<AccountId?> AccountAsync(string slug, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Accounts.AsNoTracking().Where(row => row.Slug == slug).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken) is { } id ? new AccountId(id) : null;
    }

    private async Task<Match?> FindAsync(AccountId account, string path, string method, CancellationToken cancellationToken)
    {
        foreach (var start in await triggers.AllAsync(account, cancellationToken))
        {
            if (start.Trigger.Name != SharedStimuli.Http || start.Trigger.Payload.ToObject<HttpEndpointRules>() is not { } rules) continue;
            if (!string.Equals(rules.Method, method, StringComparison.OrdinalIgnoreCase)) continue;
            var values = new RouteValueDictionary();
            if (new TemplateMatcher(TemplateParser.Parse(rules.Path), []).TryMatch("/" + path, values)) return new(start, rules, values);
        }

        return await WaitingAsync(account, path, method, cancellationToken) is { } waiting ? new(null, waiting, []) : null;
    }

    /// <returns>The rules of a run that waits for such a request: the one whose path has the most words of its own.</returns>
    private async Task<HttpEndpointRules?> WaitingAsync(AccountId account, string path, string method, CancellationToken cancellationToken)
    {
        var hashes = HttpPath.ShapesOf(path).SelectMany(shape => new[] { SharedStimuli.HttpHash(shape, method, false), SharedStimuli.HttpHash(shape, method, true) }).ToList();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = db.Bookmarks.AsNoTracking().Where(bookmark => bookmark.AccountId == account.Value && hashes.Contains(bookmark.Hash));
        if ((await waiting.Select(bookmark => bookmark.Hash).Distinct().ToListAsync(cancellationToken)).MinBy(hashes.IndexOf) is not { } nearest) return null;
        var run = await waiting.Where(bookmark => bookmark.Hash == nearest).OrderBy(bookmark => bookmark.RunId).Select(bookmark => bookmark.RunId).FirstOrDefaultAsync(cancellationToken);
        if (await db.Runs.AsNoTracking().Where(row => row.AccountId == account.Value && row.Id == run).Select(row => row.State).FirstOrDefaultAsync(cancellationToken) is not { } state) return null;
        var rules = RunJson.ReadState(state).Bookmarks.FirstOrDefault(bookmark => bookmark.Hash == nearest)?.Metadata?.ToObject<HttpEndpointRules>();
        // A run that waits since before rules were kept with it.
        return rules ?? new(path, method, hashes.IndexOf(nearest) % 2 == 1, 0, HttpEndpointRules.DefaultSize);
    }

    private static bool IsOver(RunRow row) => (RunStatus)row.Status is not (RunStatus.Running or RunStatus.Suspended);

    private static JObject? Answer(RunRow row) =>
        row.State.Contains(HttpEndpointRules.Answer, StringComparison.Ordinal) ? RunJson.ReadState(row.State).Body.SelectToken($"tree[0].state.{HttpEndpointRules.Answer}") as JObject : null;

    private static async Task WriteAsync(HttpContext context, JObject answer)
    {
        context.Response.StatusCode = (int)answer["status"]!;
        foreach (var (name, value) in answer["headers"] as JObject ?? [])
            if (IsToken(name) && value?.ToString() is { } text && !text.AsSpan().ContainsAny('\r', '\n', '\0')) context.Response.Headers[name] = text;
        var content = Encoding.UTF8.GetBytes((string?)answer["content"] ?? "");
        if (context.Response.StatusCode is 204 or 304) return;
        context.Response.ContentType = (string?)answer["type"] is { Length: > 0 } type && !type.AsSpan().ContainsAny('\r', '\n', '\0') ? type.Contains("charset", StringComparison.OrdinalIgnoreCase) || !type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? type : $"{type}; charset=utf-8" : "text/plain; charset=utf-8";
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static bool IsToken(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') && !string.Equals(name, "Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase);
}
