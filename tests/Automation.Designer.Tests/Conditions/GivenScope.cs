using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

internal sealed class GivenScope(JObject roots) : IExpressionScope
{
    public static readonly DateTimeOffset At = new(2026, 11, 22, 20, 30, 0, TimeSpan.Zero);
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow");

    public IReadOnlyCollection<string> Roots { get; } = [.. roots.Properties().Select(root => root.Name)];

    public DateTimeOffset Now => At;

    public TimeZoneInfo TimeZone => Zone;

    public string Language => "ru";

    public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult(roots[root]!);
}
