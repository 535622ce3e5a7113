namespace Automation.Engine.Workflows;

/// <summary>What an HTTP endpoint of a workflow asks of a request.</summary>
/// <param name="Path">Without outer slashes; may hold <c>{parameters}</c>, and is compared without regard to case.</param>
/// <param name="Method">In lower case.</param>
/// <param name="Authorize">A key of the account is needed.</param>
/// <param name="TimeoutSeconds">How long the caller waits for the answer.</param>
/// <param name="SizeLimit">Of the body, in bytes.</param>
/// <param name="Files">What it asks of files; null: only what <paramref name="SizeLimit"/> says.</param>
/// <param name="Exposed">Outcomes of <see cref="HttpRefusal"/> that the workflow takes itself; what is refused for another reason gets a problem document.</param>
public sealed record HttpEndpointRules(string Path, string Method, bool Authorize, int TimeoutSeconds, int SizeLimit, HttpFileRules? Files = null, IReadOnlyList<string>? Exposed = null)
{
    public const int DefaultSize = 1024 * 1024;

    /// <summary>Name of the workflow input that holds the request: <c>{method,path,route,query,headers,body}</c>, with <c>files</c> or <c>refused</c> where there are some.</summary>
    public const string Input = "http";

    /// <summary>Member of the request: one of <see cref="HttpRefusal"/>; the request has no body then.</summary>
    public const string Refused = "refused";

    /// <summary>Where the state of a run's workflow keeps the answer: <c>{status,content,type,headers}</c>.</summary>
    public const string Answer = "httpResponse";
}

/// <summary>What an HTTP endpoint asks of each file of a form.</summary>
/// <param name="SizeLimit">In bytes; null: none of its own.</param>
/// <param name="Allowed">Extensions, with or without a dot; empty: all.</param>
/// <param name="Blocked">Extensions that are refused all the same.</param>
/// <param name="MimeTypes">Types that are taken; empty: all.</param>
public sealed record HttpFileRules(long? SizeLimit, IReadOnlyList<string> Allowed, IReadOnlyList<string> Blocked, IReadOnlyList<string> MimeTypes);

/// <summary>Outcomes of an HTTP endpoint whose request it does not take, under Elsa's names.</summary>
public static class HttpRefusal
{
    public const string RequestTooLarge = "Request too large";
    public const string FileTooLarge = "File too large";
    public const string Extension = "Invalid file extension";
    public const string MimeType = "Invalid file MIME type";
}
