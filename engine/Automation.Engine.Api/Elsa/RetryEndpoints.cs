using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Failures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Elsa's way to have failed runs tried again: a redrive of each.</summary>
internal static class RetryEndpoints
{
    private const int MostRetried = 1_000;

    // As .NET numbers them, which is how Elsa writes them here.
    private const int Information = 2;
    private const int Error = 4;

    public static void Map(IEndpointRouteBuilder elsa) => elsa.MapPost("/alterations/workflows/retry", RetryAsync).Needs(Permissions.Operate);

    /// <summary>Stored when this answers, and done soon after. Without an activity a run goes on at the one that failed.</summary>
    private static async Task<IResult> RetryAsync(HttpContext context, RedriveService redrives, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<RetryBody>(context.Request, context.RequestAborted);
        if (body.WorkflowInstanceIds is not { Count: > 0 } named) throw ApiProblem.BadRequest("payload_invalid", "Say which runs: workflowInstanceIds.");
        if (named.Count > MostRetried) throw ApiProblem.BadRequest("too_many", $"At most {MostRetried} runs are retried at once. Choose fewer.");
        if (body.ActivityIds is { Count: > 1 }) throw ApiProblem.BadRequest("alteration_unsupported", "A run goes on from one step here: name one, or none for the step that failed.");
        var ids = named.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var request = new RedriveRequest { Filter = new() { Kind = "run", Targets = ids }, From = body.ActivityIds is [var from] ? from : null };
        try
        {
            var found = (await redrives.PreviewAsync(context.Account(), request, context.RequestAborted)).Select(run => run.Target).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (found.Count > 0) await redrives.StartAsync(context.Account(), request, context.Caller().Name, context.RequestAborted);
            return new JsonAnswer(new JObject { ["results"] = new JArray(ids.Select(id => Result(id, found.Contains(id), clock.GetUtcNow()))) });
        }
        catch (RedriveRefusedException refused)
        {
            throw refused.Code == "not_found" ? ApiProblem.NotFound(refused.Message) : ApiProblem.BadRequest(refused.Code, refused.Message);
        }
    }

    private static JObject Result(string id, bool retried, DateTimeOffset now) => new()
    {
        ["workflowInstanceId"] = id,
        ["workflowHasScheduledWork"] = retried,
        ["log"] = new JObject
        {
            ["logEntries"] = new JArray(new JObject
            {
                ["message"] = retried ? "The run goes on from the step that is tried again." : "There is no such run, or it has not failed.",
                ["logLevel"] = retried ? Information : Error,
                ["timestamp"] = now,
            }),
        },
        ["isSuccessful"] = retried,
    };

    /// <param name="ActivityIds">At most one; the one that failed when absent.</param>
    internal sealed record RetryBody(IReadOnlyList<string>? WorkflowInstanceIds, IReadOnlyList<string>? ActivityIds);
}
