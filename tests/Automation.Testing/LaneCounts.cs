using System.Globalization;

namespace Automation.Testing;

/// <summary>
/// What a test of the long lane has counted, for the line at the lane's end: a line of <c>name=number</c> in the file that
/// <c>AUTOMATION_LANE_COUNTS</c> names. <c>test.sh</c> sets it and sums up. Without it nothing is written.
/// </summary>
public static class LaneCounts
{
    public const string Variable = "AUTOMATION_LANE_COUNTS";

    private static readonly Lock Gate = new();

    public static void Add(params IReadOnlyList<(string Name, int Number)> counts)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } file) return;
        var line = string.Join(' ', counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Name}={count.Number}")));
        lock (Gate) File.AppendAllLines(file, [line]);
    }
}
