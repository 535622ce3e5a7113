using System.Runtime.CompilerServices;
using Automation.Engine.Events;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;

namespace Automation.Engine.Api.Conditions;

/// <summary>Fields that conditions may look at: those of every CRM, and those of this one.</summary>
public sealed class ConditionFields
{
    private static readonly ConditionalWeakTable<CrmDirectory, ConditionFields> Russian = [];
    private static readonly ConditionalWeakTable<CrmDirectory, ConditionFields> English = [];
    private static readonly ConditionFields[] Common = [new(null, false), new(null, true)];

    private readonly Dictionary<string, ConditionField> byPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool english;

    private ConditionFields(CrmDirectory? directory, bool english)
    {
        this.english = english;
        All = [.. Own(directory), .. Custom(directory)];
        foreach (var field in All) byPath[field.Path] = field;
        // A formula may name a custom field as the CRM shows it.
        foreach (var field in All.Where(field => field.Path.Contains(".cf.", StringComparison.Ordinal))) byName.TryAdd($"{field.Owner}.{field.Name}", field.Path);
    }

    public IReadOnlyList<ConditionField> All { get; }

    /// <summary>Made once for each directory.</summary>
    /// <param name="directory">Null while the CRM was never read: the fields of every CRM.</param>
    public static ConditionFields Of(CrmDirectory? directory, bool english) =>
        directory is null ? Common[english ? 1 : 0] : (english ? English : Russian).GetValue(directory, known => new(known, english));

    /// <summary>The field at a path; one that nobody knows is a text under the path's own name.</summary>
    public ConditionField At(string path) =>
        byPath.TryGetValue(path, out var field) || (byName.TryGetValue(path, out var known) && byPath.TryGetValue(known, out field)) ? field : Unknown(path);

    /// <summary>True when the CRM is known and has it.</summary>
    public bool Knows(string path) => byPath.ContainsKey(path) || byName.ContainsKey(path);

    private static ConditionField Unknown(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return new(path, dot < 0 ? "" : path[..dot], dot < 0 ? path : path[(dot + 1)..], FieldKind.Text, []);
    }

    private IEnumerable<ConditionField> Own(CrmDirectory? directory)
    {
        FieldChoice[] users = [.. (directory?.Users ?? []).Where(user => user.Active).Select(user => new FieldChoice(user.Id, user.Name))];
        FieldChoice[] pipelines = [.. (directory?.Pipelines ?? []).Select(pipeline => new FieldChoice(pipeline.Id, pipeline.Name))];
        FieldChoice[] tags = [.. (directory?.DealTags ?? []).Select(tag => new FieldChoice(tag, tag))];
        yield return new($"deal.{EntityFields.Name}", EntityTypes.Deal, Say("Название", "Name"), FieldKind.Text, []);
        yield return new($"deal.{EntityFields.Price}", EntityTypes.Deal, Say("Бюджет", "Budget"), FieldKind.Number, []);
        yield return new($"deal.{EntityFields.StageId}", EntityTypes.Deal, Say("Этап", "Stage"), FieldKind.Stage, Stages(directory));
        yield return new($"deal.{EntityFields.PipelineId}", EntityTypes.Deal, Say("Воронка", "Pipeline"), FieldKind.Pipeline, pipelines);
        yield return new($"deal.{EntityFields.ResponsibleId}", EntityTypes.Deal, Say("Ответственный", "Responsible"), FieldKind.User, users);
        yield return new(ConditionOperators.TagsField, EntityTypes.Deal, Say("Теги", "Tags"), FieldKind.Tags, tags);
        yield return new($"deal.{EntityFields.CreatedAt}", EntityTypes.Deal, Say("Дата создания", "Created"), FieldKind.Date, []);
        yield return new($"contact.{EntityFields.Name}", EntityTypes.Contact, Say("Имя", "Name"), FieldKind.Text, []);
        yield return new($"contact.{EntityFields.Phone}", EntityTypes.Contact, Say("Телефоны", "Phones"), FieldKind.List, []);
        yield return new($"contact.{EntityFields.Email}", EntityTypes.Contact, Say("Адреса почты", "E-mails"), FieldKind.List, []);
        yield return new($"contact.{EntityFields.ResponsibleId}", EntityTypes.Contact, Say("Ответственный", "Responsible"), FieldKind.User, users);
        yield return new($"company.{EntityFields.Name}", EntityTypes.Company, Say("Название", "Name"), FieldKind.Text, []);
        yield return new($"company.{EntityFields.ResponsibleId}", EntityTypes.Company, Say("Ответственный", "Responsible"), FieldKind.User, users);
        yield return new("user.name", "user", Say("Имя", "Name"), FieldKind.Text, []);
        yield return new("user.email", "user", Say("Почта", "E-mail"), FieldKind.Text, []);
    }

    // The won and the lost stage have the same id in every pipeline.
    private static FieldChoice[] Stages(CrmDirectory? directory)
    {
        var pipelines = directory?.Pipelines ?? [];
        var stages = pipelines.SelectMany(pipeline => pipeline.Stages.Select(stage => (pipeline, stage))).ToLookup(pair => pair.stage.Id);
        return [.. stages.Select(same => new FieldChoice(same.Key, same.Count() > 1 || pipelines.Count == 1 ? same.First().stage.Name : $"{same.First().pipeline.Name}: {same.First().stage.Name}"))];
    }

    private static IEnumerable<ConditionField> Custom(CrmDirectory? directory) => (directory?.Fields ?? [])
        .Where(field => field.EntityType is EntityTypes.Deal or EntityTypes.Contact or EntityTypes.Company && field.Code is not ("PHONE" or "EMAIL"))
        .Select(field => new ConditionField($"{field.EntityType}.{EntityFields.CustomFields}.{field.Id}", field.EntityType, field.Name, KindOf(field.Type), [.. field.Options.Values.Distinct().Select(option => new FieldChoice(option, option))]));

    // A birthday is told as a text that is no ISO date.
    private static FieldKind KindOf(string type) => type switch
    {
        "numeric" or "number" or "double" or "integer" or "monetary" or "money" or "price" => FieldKind.Number,
        "date" or "date_time" or "datetime" => FieldKind.Date,
        "select" or "radiobutton" or "category" or "enumeration" => FieldKind.Choice,
        "multiselect" => FieldKind.Choices,
        "checkbox" or "boolean" => FieldKind.Flag,
        "multitext" => FieldKind.List,
        _ => FieldKind.Text,
    };

    private string Say(string russian, string words) => english ? words : russian;
}
