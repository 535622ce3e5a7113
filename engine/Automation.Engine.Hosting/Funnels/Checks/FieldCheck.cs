using System.Text.RegularExpressions;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;

namespace Automation.Engine.Hosting.Funnels.Checks;

/// <summary>Fields that the CRM does not have: what watches, tests or writes them never happens.</summary>
internal static partial class FieldCheck
{
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        EntityFields.Id, EntityFields.Name, EntityFields.Price, EntityFields.PipelineId, EntityFields.StageId, EntityFields.ResponsibleId, EntityFields.Tags,
        "phone", "email", "created_at", "updated_at", "closed_at", "contact", "company", "loss_reason", "source",
    };

    public static IEnumerable<Finding> Run(CheckedDraft draft)
    {
        if (draft.Directory is not { } directory) yield break;
        foreach (var trigger in draft.Document.Triggers)
        {
            if (trigger.When.Field is { } watched && !Knows(directory, "deal", watched))
                yield return Unknown(true, trigger, "when", watched) with { Fixes = Nearest(directory, watched, name => trigger with { When = trigger.When with { Field = name } }, trigger) };
            if (trigger.When.Timing.Field is { } dated && !Knows(directory, "deal", dated))
                yield return Unknown(true, trigger, "when", dated) with { Fixes = Nearest(directory, dated, name => trigger with { When = trigger.When with { Timing = trigger.When.Timing with { Field = name } } }, trigger) };
            if (trigger.If is { } condition)
                foreach (var field in Custom().Matches(condition.Text).Select(match => (Entity: match.Groups["entity"].Value, Name: match.Groups["name"].Value.Trim())).Where(one => !one.Name.Contains('.', StringComparison.Ordinal) && !Knows(directory, one.Entity, one.Name)).Distinct())
                    yield return Unknown(false, trigger, "if", field.Name) with
                    {
                        Fixes = Nearest(directory, field.Name, name => trigger with { If = condition with { Text = condition.Text.Replace($"{field.Name}", name, StringComparison.Ordinal) } }, trigger),
                    };
            foreach (var step in Step.Doing(trigger).Where(step => step.Type == "Crm.ChangeField"))
                if (step.Literal("field") is { } written && !Knows(directory, step.Literal("on") ?? "deal", written))
                    yield return Unknown(true, trigger, $"then/{step.Id}/field", written) with { Fixes = Nearest(directory, written, name => step.With(trigger, "field", name), trigger) };
        }
    }

    // A custom field is [deal.Name] in brackets or deal.cf.Id.
    [GeneratedRegex(@"\[(?<entity>deal|contact|company)\.(?:cf\.)?(?<name>[^\]\[]+)\]|\b(?<entity>deal|contact|company)\.cf\.(?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Custom();

    private static bool Knows(CrmDirectory directory, string entity, string field) => Own.Contains(field)
        || directory.Fields.Any(one => string.Equals(one.EntityType, entity, StringComparison.OrdinalIgnoreCase) && (one.Id == field || string.Equals(one.Name, field, StringComparison.OrdinalIgnoreCase) || string.Equals(one.Code, field, StringComparison.OrdinalIgnoreCase)));

    private static Finding Unknown(bool error, FunnelTrigger trigger, string place, string field) => new(error, "field_unknown", trigger.Id, place, new($"В CRM нет поля «{field}».", $"The CRM has no field “{field}”."));

    private static IReadOnlyList<Fix> Nearest(CrmDirectory directory, string wrong, Func<string, FunnelTrigger> mended, FunnelTrigger trigger) =>
    [
        .. directory.Fields.Where(field => field.EntityType == "deal").Select(field => (field.Name, Distance: Distance(field.Name, wrong))).Where(one => one.Distance <= Math.Max(1, wrong.Length / 3))
            .OrderBy(one => one.Distance).Take(2).Select(one => Fix.Of(trigger, mended(one.Name), $"Заменить на «{one.Name}»", $"Use “{one.Name}”")),
    ];

    /// <summary>Letters to change, add or leave out (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (corner, left) = (row[0], row[0] = i);
            for (var j = 1; j <= other.Length; j++)
            {
                left = Math.Min(Math.Min(row[j], left) + 1, corner + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1));
                (corner, row[j]) = (row[j], left);
            }
        }

        return row[^1];
    }
}
