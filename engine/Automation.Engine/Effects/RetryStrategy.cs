using System.Globalization;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Effects;

/// <summary>When an effect that surely failed is tried again (R8). Each step may choose one; <see cref="Plan"/> where it does not.</summary>
/// <param name="Id">The name that a step chooses it by; <c>own</c> for one that an expression gives.</param>
/// <param name="Waits">Before the second try, the third …; none: it is not tried again.</param>
/// <param name="UseJitter">Each wait is spread by ± 20 %.</param>
public sealed record RetryStrategy(string Id, IReadOnlyList<TimeSpan> Waits, bool UseJitter)
{
    /// <summary>Where a planned effect's request keeps it; never sent.</summary>
    public const string Key = "$retry";

    private const string Own = "own";
    private const int MostTries = 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(5);

    /// <summary>Eight more tries within three hours.</summary>
    public static RetryStrategy Plan { get; } = new("plan", [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(7),
        TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(1),
    ], true);

    /// <summary>Three more tries within a minute, for what is of no use later.</summary>
    public static RetryStrategy Quick { get; } = new("quick", [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45)], true);

    public static RetryStrategy None { get; } = new("none", [], false);

    /// <summary>Those that have a name.</summary>
    public static IReadOnlyList<RetryStrategy> All { get; } = [Plan, Quick, None];

    public static RetryStrategy? Find(string id) => All.FirstOrDefault(one => one.Id == id);

    /// <summary>
    /// Reads what an expression gives: a name, or <c>{maxRetryAttempts, delay, backoffType, useJitter, maxDelay}</c> as in Elsa's HTTP
    /// strategy. <c>maxRetryAttempts</c> 0–20, default 3; <c>delay</c> "00:00:05" or seconds, default 5 s; <c>backoffType</c> Constant, Linear
    /// or Exponential (default); <c>useJitter</c> default true; <c>maxDelay</c> at most, and by default, a day.
    /// </summary>
    /// <exception cref="FormatException">It is neither, with what is wrong.</exception>
    public static RetryStrategy Read(JToken given)
    {
        if (given is JValue { Value: string id }) return Find(id) ?? throw new FormatException($"There is no retry strategy '{id}': take {string.Join(", ", All.Select(one => one.Id))}.");
        if (given is not JObject own) throw new FormatException("A retry strategy is a name or an object with maxRetryAttempts, delay, backoffType, useJitter, maxDelay.");
        if ((string?)own["id"] is { } named && Find(named) is { } known) return known;
        var most = Number(own, "maxRetryAttempts", 3);
        if (most is < 0 or > MostTries || most != Math.Truncate(most)) throw new FormatException($"maxRetryAttempts is a whole number from 0 to {MostTries}, not {most}.");
        var (first, longest) = (Span(own, "delay", DefaultDelay), Span(own, "maxDelay", LongestWait));
        var kind = (string?)own["backoffType"] ?? "Exponential";
        if (kind is not ("Constant" or "Linear" or "Exponential")) throw new FormatException($"backoffType is Constant, Linear or Exponential, not '{kind}'.");
        var waits = Enumerable.Range(0, (int)most).Select(number => first * (kind switch { "Constant" => 1, "Linear" => number + 1, _ => Math.Pow(2, number) }));
        return new(Own, [.. waits.Select(wait => wait < longest ? wait : longest)], own["useJitter"] is not JValue { Value: false });
    }

    /// <summary>That of a planned effect.</summary>
    /// <param name="request">Its request, as stored.</param>
    public static RetryStrategy Of(string request) =>
        request.Contains($"\"{Key}\"", StringComparison.Ordinal) && JsonText.Parse(request)[Key] is JObject kept
            ? new((string)kept["id"]!, [.. kept["waits"]!.Select(seconds => TimeSpan.FromSeconds((double)seconds))], (bool)kept["jitter"]!)
            : Plan;

    public JObject ToJson() => new() { ["id"] = Id, ["waits"] = new JArray(Waits.Select(wait => wait.TotalSeconds)), ["jitter"] = UseJitter };

    /// <summary>The wait after the given try, never shorter than what the other side asked for; null when no try is left.</summary>
    /// <param name="tries">Tries made so far; 1 after the first.</param>
    /// <param name="roll">A random number in [0, 1).</param>
    public TimeSpan? After(int tries, TimeSpan? asked, double roll)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        if (tries > Waits.Count) return null;
        var wait = Waits[tries - 1] * (UseJitter ? 0.8 + 0.4 * roll : 1);
        return asked > wait ? asked : wait;
    }

    private static decimal Number(JObject own, string name, decimal otherwise) => own[name] switch
    {
        null or { Type: JTokenType.Null } => otherwise,
        JValue { Value: not null } value when decimal.TryParse(Convert.ToString(value.Value, CultureInfo.InvariantCulture), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new FormatException($"{name} is a number, not {own[name]!.ToString(Newtonsoft.Json.Formatting.None)}."),
    };

    private static TimeSpan Span(JObject own, string name, TimeSpan otherwise)
    {
        var given = own[name] is JValue { Value: string text } && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span
            : TimeSpan.FromSeconds((double)Math.Clamp(Number(own, name, (decimal)otherwise.TotalSeconds), -1, 1_000_000));
        return given >= TimeSpan.FromSeconds(1) && given <= LongestWait ? given : throw new FormatException($"{name} is from 00:00:01 to a day, not {given:c}.");
    }
}
