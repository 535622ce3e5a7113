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

    /// <summary>Of a run that waits for a request to exactly that path.</summary>
    /// <param name="authorize">It takes requests with a key of the account only: another hash, so that no other reaches it.</param>
    public static string HttpHash(string path, string method, bool authorize) => StimulusHash.Of(Http, new JObject { ["path"] = HttpPath(path), ["method"] = method.ToLowerInvariant(), ["authorize"] = authorize });

    /// <summary>The same for paths that differ in outer slashes or case only.</summary>
    public static string HttpPath(string path) => path.Trim('/').ToLowerInvariant();
}

/// <summary>What an HTTP endpoint of a workflow asks of a request.</summary>
/// <param name="Path">Without outer slashes; may hold <c>{parameters}</c>, and is compared without regard to case.</param>
/// <param name="Method">In lower case.</param>
/// <param name="Authorize">A key of the account is needed.</param>
/// <param name="TimeoutSeconds">How long the caller waits for the answer.</param>
/// <param name="SizeLimit">Of the body, in bytes.</param>
public sealed record HttpEndpointRules(string Path, string Method, bool Authorize, int TimeoutSeconds, int SizeLimit)
{
    /// <summary>Name of the workflow input that holds the request: <c>{method,path,route,query,headers,body}</c>.</summary>
    public const string Input = "http";

    /// <summary>Where the state of a run's workflow keeps the answer: <c>{status,content,type,headers}</c>.</summary>
    public const string Answer = "httpResponse";
}
