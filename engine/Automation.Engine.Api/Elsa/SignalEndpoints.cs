using Automation.Engine.Accounts;
using Automation.Engine.Api.Hooks;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>What comes from outside for runs that wait: events and completed tasks. Stored before the answer.</summary>
internal static class SignalEndpoints
{
    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/events/{eventName}/trigger", TriggerAsync).Needs(Permissions.Operate);
        elsa.MapPost("/tasks/{taskId}/complete", CompleteAsync).Needs(Permissions.Operate);
    }

    private static async Task<IResult> TriggerAsync(HttpContext context, string eventName, StimulusSender stimuli, IIdSource ids, TimeProvider clock)
    {
        var body = await BodyAsync(context);
        var payload = body["input"] ?? body["payload"] ?? JValue.CreateNull();
        var key = $"event|{eventName}|{RequestKey.Of(context.Request) ?? ids.NewId().ToString("N")}";
        var sent = await stimuli.SendAsync(context.Account(), new(SharedStimuli.EventHash(eventName), key, clock.GetUtcNow(), (string?)body["correlationId"], payload, new JObject { ["payload"] = payload.DeepClone() }, 0), context.RequestAborted);
        return new JsonAnswer(new JObject { ["resumed"] = sent.Resumed, ["started"] = new JArray(sent.Started.Select(one => one.Run.ToString())) });
    }

    /// <summary>A task that nobody waits for any more is complete already: that is no error.</summary>
    private static async Task<IResult> CompleteAsync(HttpContext context, string taskId, StimulusSender stimuli, TimeProvider clock)
    {
        var result = (await BodyAsync(context))["result"] ?? JValue.CreateNull();
        var sent = await stimuli.SendAsync(context.Account(), new(SharedStimuli.TaskHash(taskId), $"task|{taskId}", clock.GetUtcNow(), null, result, [], 0), context.RequestAborted);
        return new JsonAnswer(new JObject { ["resumed"] = sent.Resumed });
    }

    private static async Task<JObject> BodyAsync(HttpContext context) =>
        context.Request.ContentLength is 0 or null && !context.Request.HasJsonContentType() ? [] : await ApiJson.ReadAsync<JObject>(context.Request, context.RequestAborted);
}
