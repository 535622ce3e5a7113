using System.CommandLine;

namespace Automation.Server.CommandLine;

internal static class DrainVerb
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(ServerVerbs verbs) => verbs.Create(
        "drain", "Let one server (--server) begin nothing new and hand back what it has begun; says when it is empty. Start it again to use it again.", [], async (verb, cancellationToken) =>
        {
            var state = (string?)(await verb.Server.SendAsync(HttpMethod.Post, "api/drain", "{}", cancellationToken))["state"];
            if (state != "empty") await verb.Output.WriteLineAsync("It begins nothing new. What it has begun ends or goes to the other servers …");
            while (state != "empty")
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
                state = (string?)(await verb.Server.GetAsync("api/drain", cancellationToken))["state"];
            }

            await verb.Output.WriteLineAsync("Empty: it may be stopped.");
        });
}
