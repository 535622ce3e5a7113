using System.Text.RegularExpressions;
using Automation.Designer.Words;
using Automation.Engine.Expressions;
using Automation.Engine.Ports;

namespace Automation.Designer.Flow;

/// <summary>A field that can be put into a text.</summary>
/// <param name="Insert">As the text's syntax writes it.</param>
public sealed record FieldChip(string Label, string Insert, bool Common);

/// <summary>Fields of a deal and of what belongs to it, as chips over a text.</summary>
public static partial class FieldChips
{
    private static readonly string[] Common = ["contact.name", "deal.name", "deal.price", "user.name"];

    private static readonly string[] Others = ["deal.id", "contact.phone", "contact.email", "company.name", "user.email", "deal.created_at"];

    public static IReadOnlyList<FieldChip> Of(string syntax, CrmDirectory? directory, ScreenWords words)
    {
        var plain = Common.Select(path => (path, Often: true)).Concat(Others.Select(path => (path, Often: false))).Select(one => new FieldChip(words["steps.field." + one.path], Insert(syntax, one.path, null), one.Often));
        var own = (directory?.Fields ?? []).Where(field => field.EntityType is "deal" or "contact" or "company")
            .Select(field => new FieldChip(field.EntityType == "deal" ? field.Name : $"{words["steps.entity." + field.EntityType]}: {field.Name}", Insert(syntax, field.EntityType, field), false));
        return [.. plain.Concat(own).DistinctBy(chip => chip.Insert)];
    }

    // A custom field is named as people see it; one that is named like a field of the CRM's own, by its id.
    private static string Insert(string syntax, string path, CrmField? field)
    {
        var named = field is null ? path : Plain().IsMatch(field.Name) ? $"{path}.{field.Name}" : null;
        return syntax switch
        {
            ExpressionTypes.NCalc when field is not null && field.Name.AsSpan().ContainsAny(".[]") => $"[{path}.cf.{field.Id}]",
            ExpressionTypes.NCalc => field is null ? $"[{path}]" : $"[{path}.{field.Name}]",
            ExpressionTypes.JavaScript => named ?? $"{path}.cf['{field!.Id}']",
            _ => $"{{{{ {named ?? $"{path}.cf['{field!.Id}']"} }}}}",
        };
    }

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
