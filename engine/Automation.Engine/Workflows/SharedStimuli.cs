using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>Stimuli that any run may wait for and any workflow may start with: what comes from outside is matched by these hashes.</summary>
public static class SharedStimuli
{
    public const string Event = "Elsa.Event";
    public const string Task = "Elsa.RunTask";
    public const string Http = "Elsa.HttpEndpoint";

    public static string EventHash(string eventName) => StimulusHash.Of(Event, new JObject { ["eventName"] = eventName });

    public static string TaskHash(string taskId) => StimulusHash.Of(Task, new JObject { ["taskId"] = taskId });

    /// <summary>Of a run that waits for a request.</summary>
    /// <param name="shape">A shape of the path (<see cref="HttpPath.Shape"/>).</param>
    /// <param name="authorize">It takes requests with a key of the account only: another hash, so that no other reaches it.</param>
    public static string HttpHash(string shape, string method, bool authorize) => StimulusHash.Of(Http, new JObject { ["path"] = shape, ["method"] = method.ToLowerInvariant(), ["authorize"] = authorize });
}
