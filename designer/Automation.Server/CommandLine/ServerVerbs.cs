using System.CommandLine;

namespace Automation.Server.CommandLine;

/// <summary>What a verb that speaks to the server works with.</summary>
internal sealed record VerbContext(ParseResult Parsed, ServerClient Server, TextWriter Output);

/// <summary>Makes verbs that speak to the server: finds address and key, turns failures into words and exit code 1.</summary>
internal sealed class ServerVerbs(Option<string> server, Option<string> data, HttpMessageHandler? handler)
{
    public Command Create(string name, string description, IEnumerable<Symbol> symbols, Func<VerbContext, CancellationToken, Task> act)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Arguments.Add(argument);
            else if (symbol is Option option) command.Options.Add(option);
        }
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, act, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<VerbContext, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new ServerClient(parsed.GetValue(server)!, Key(parsed.GetValue(data)!), handler);
            await act(new(parsed, client, parsed.InvocationConfiguration.Output), cancellationToken);
            return 0;
        }
        catch (CommandFailedException failure)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static string? Key(string directory)
    {
        if (Commands.Variable("AUTOMATION_KEY") is { } given) return given;
        var file = Path.Combine(directory, "cli.key");
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} cannot be read by this user: it belongs to the user who runs the server. Set AUTOMATION_KEY instead.");
        }
    }
}
