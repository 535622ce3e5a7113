using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.Engine.Api.Activities;

/// <summary>What one connection's CRM has.</summary>
public sealed record NamedDirectory(string Connection, CrmDirectory Directory);

/// <summary>What an input offers to choose from, the same in forms and in Studio.</summary>
/// <param name="english">Words in English; Russian otherwise.</param>
/// <param name="crms">Where there are several, what one of them has stands behind its connection's name.</param>
/// <param name="own">Choices of the account's own, by hint: <c>connection</c>, <c>calendar</c>; null for none.</param>
public sealed class InputLists(bool english, IReadOnlyList<NamedDirectory> crms, IReadOnlyDictionary<string, IReadOnlyList<ActivityOption>>? own = null)
{
    /// <summary>The list changes while somebody edits.</summary>
    public static bool IsLive(InputDescriptor input) => input.Attribute.OptionsProvider is not null || input.UIHint is "connection" or "calendar" || input.UIHint.StartsWith("crm-", StringComparison.Ordinal);

    /// <summary>Null where there is nothing to choose from: it is written by hand.</summary>
    /// <param name="provided">What the input's own provider listed.</param>
    public IReadOnlyList<ActivityOption>? Of(InputDescriptor input, IReadOnlyList<InputOption>? provided) => List(input, provided).ToList() is { Count: > 0 } list ? list : null;

    /// <summary>The fixed choices of a list.</summary>
    public static IEnumerable<string> Choices(InputDescriptor input)
    {
        var bare = Nullable.GetUnderlyingType(input.Type) ?? input.Type;
        return input.Attribute.Options is IEnumerable<string> options ? options : bare.IsEnum ? Enum.GetNames(bare) : [];
    }

    private IEnumerable<ActivityOption> List(InputDescriptor input, IReadOnlyList<InputOption>? provided) => input.UIHint switch
    {
        "crm-pipeline" or "crm-pipelines" => Merged(crm => crm.Pipelines.Select(pipeline => new Choice(pipeline.Id, null, pipeline.Name))),
        "crm-stage" => Merged(crm => crm.Pipelines.SelectMany(pipeline => pipeline.Stages.Select(stage => new Choice(stage.Id, pipeline.Name, stage.Name)))),
        "crm-stages" => Merged(crm => crm.Pipelines.SelectMany(pipeline => pipeline.Stages.Select(stage => new Choice($"{pipeline.Id}/{stage.Id}", pipeline.Name, stage.Name)))),
        "crm-field" => Merged(crm => crm.Fields.Select(field => new Choice(field.Id, null, field.Name))),
        "crm-field-name" => Merged(crm => crm.Fields.Where(field => field.EntityType == "deal").Select(field => new Choice(field.Name, null, field.Name))),
        "crm-user" or "crm-users" => Merged(crm => crm.Users.Where(user => user.Active).Select(user => new Choice(user.Id, null, user.Name))),
        "connection" or "calendar" => own?.GetValueOrDefault(input.UIHint) ?? [],
        _ when provided is { Count: > 0 } => provided.Select(option => new ActivityOption(option.Value, option.Text)),
        "dropdown" or "checklist" or "radiolist" => Choices(input).Select(choice => new ActivityOption(choice, OptionWords.Of(input.JsonName, choice, english))),
        _ => [],
    };

    // A value stands once: 142 is a stage of each of amoCRM's pipelines, and one name may be a field's in two CRMs.
    private IEnumerable<ActivityOption> Merged(Func<CrmDirectory, IEnumerable<Choice>> choices) => crms
        .SelectMany(crm => choices(crm.Directory).Select(choice => crms.Count > 1 ? choice with { Place = choice.Place is null ? crm.Connection : $"{crm.Connection}: {choice.Place}" } : choice))
        .GroupBy(choice => choice.Value, StringComparer.Ordinal)
        .Select(same => new ActivityOption(same.Key, same.Select(choice => choice.Name).Distinct().Count() == 1 && same.Count() > 1 ? same.First().Name : string.Join(" / ", same.Select(choice => choice.Text))));

    private sealed record Choice(string Value, string? Place, string Name)
    {
        public string Text => Place is null ? Name : $"{Place}: {Name}";
    }
}
