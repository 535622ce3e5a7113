using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>What a person hands in, with the clock and the zone of this machine.</summary>
internal sealed class EvalScope(JObject values) : IExpressionScope
{
    public IReadOnlyCollection<string> Roots { get; } = [.. values.Properties().Select(property => property.Name)];

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    public TimeZoneInfo TimeZone => TimeZoneInfo.Local;

    public string Language => Languages.OfTerminal();

    public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult(values[root] ?? JValue.CreateNull());
}
