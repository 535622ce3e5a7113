using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Calendars;

/// <param name="Path">Place in the trigger.</param>
/// <param name="Calendar">Name as written; null where it is left out.</param>
/// <param name="Duration">Length as written; null where it is computed when it runs.</param>
public sealed record CalendarUse(string Path, string? Calendar, string? Duration);

/// <summary>Where funnels name working calendars.</summary>
public sealed class CalendarUses(FunnelCatalog funnels)
{
    private const string Wait = "Automation.Wait";

    /// <summary>Published triggers that count by the calendar, in words.</summary>
    public async ValueTask<IReadOnlyList<string>> OfAsync(AccountId account, string calendar, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return [.. (await funnels.PublishedAsync(account)).SelectMany(funnel => funnel.Triggers
            .Where(trigger => Names(trigger.Definition with { Then = trigger.Workflow.Definition.Document }).Contains(calendar))
            .Select(trigger => $"«{funnel.Document.Name}», «{trigger.Definition.Name}»"))];
    }

    /// <summary>Calendars that the account's published funnels count by.</summary>
    public async ValueTask<IReadOnlySet<string>> AllAsync(AccountId account) =>
        (await funnels.PublishedAsync(account)).SelectMany(funnel => funnel.Triggers).SelectMany(trigger => Names(trigger.Definition with { Then = trigger.Workflow.Definition.Document })).ToHashSet(StringComparer.Ordinal);

    /// <summary>Waits of a workflow with what they name in plain text.</summary>
    public static IEnumerable<CalendarUse> Waits(JObject workflow) => workflow.DescendantsAndSelf().OfType<JObject>()
        .Where(node => node["type"] is JValue { Value: Wait } && node["id"] is not null)
        .Select(node => new CalendarUse(node.Path, Plain(node["calendar"]), Plain(node["duration"])));

    private static IEnumerable<string> Names(FunnelTrigger trigger)
    {
        if (trigger.When.Timing is { Delay.Working: true } timing) yield return timing.Calendar ?? BundledCalendars.Default;
        if (trigger.When.Active is { Week: null } active) yield return active.Calendar ?? BundledCalendars.Default;
        foreach (var wait in Waits(trigger.Then ?? []))
            if (wait.Calendar is not null || wait.Duration is null || IsWorking(wait.Duration)) yield return wait.Calendar ?? BundledCalendars.Default;
    }

    private static bool IsWorking(string duration)
    {
        try
        {
            return MomentText.Parse(duration).Working;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? Plain(JToken? input) => input switch
    {
        JValue { Value: string text } => Text(text),
        JObject { } node when node["expression"] is JObject expression && (string?)expression["type"] is null or "Literal" => Text(node["expression"]?["value"] is JValue { Value: string text } ? text : null),
        _ => null,
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
