using System.Globalization;

namespace Automation.Server.Tests.Crash;

/// <summary>Scenes that take the whole machine run after everything else, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KillLane
{
    public const string Name = "kill lane";

    public static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
