using System.CommandLine;

namespace Automation.Server.CommandLine;

/// <summary><c>admin-link</c>: lets in an administrator, the first or one more where nobody remembers a password.</summary>
internal static class AdminLinkVerb
{
    public static Command Create(ServerVerbs verbs, Option<string> server) => verbs.Create("admin-link", "Make a link that makes an administrator: once, within 24 hours. Links made before it end.", [], async (verb, cancellationToken) =>
    {
        var link = await verb.Server.SendAsync(HttpMethod.Post, "api/users/admin-link", null, cancellationToken);
        await verb.Output.WriteLineAsync(new Uri(new Uri(verb.Parsed.GetRequiredValue(server)), Items.Show(link["path"])).ToString());
    });
}
