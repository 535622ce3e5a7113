using Automation.Engine.Events;
using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>The field that a condition means by a bare name: <c>[Город]</c> instead of <c>[deal.Город]</c>.</summary>
public static class MeantField
{
    private static readonly (string EntityType, string Ru, string En)[] Owners = [(EntityTypes.Deal, "сделки", "deal"), (EntityTypes.Contact, "контакта", "contact"), (EntityTypes.Company, "компании", "company")];

    // What every CRM has, by the names that it goes by.
    private static readonly Dictionary<string, string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        [EntityFields.Price] = EntityFields.Price,
        ["budget"] = EntityFields.Price,
        ["бюджет"] = EntityFields.Price,
        [EntityFields.Name] = EntityFields.Name,
        ["название"] = EntityFields.Name,
        [EntityFields.Tags] = EntityFields.Tags,
        ["теги"] = EntityFields.Tags,
        [EntityFields.ResponsibleId] = EntityFields.ResponsibleId,
        [EntityFields.StageId] = EntityFields.StageId,
        [EntityFields.PipelineId] = EntityFields.PipelineId,
    };

    /// <summary>Its path, such as <c>deal.Город</c>; the deal's before the contact's and the company's. Null when there is none.</summary>
    /// <param name="directory">Null while nobody has read the CRM's.</param>
    public static string? PathOf(string name, CrmDirectory? directory) => Find(name, directory)?.Path;

    /// <summary>An error whose message also says how the field is written that an unknown name means; every other as it is.</summary>
    public static ExpressionError Explain(ExpressionError error, CrmDirectory? directory) =>
        error.UnknownPath is { } name && Find(name, directory) is var (path, ru, en)
            ? error with { Message = $"{error.Message} A field of the {en} is written [{path}].", Ru = $"{error.Ru} Поле {ru} пишется [{path}]." }
            : error;

    private static (string Path, string Ru, string En)? Find(string name, CrmDirectory? directory)
    {
        foreach (var (entityType, ru, en) in Owners)
        {
            if (directory?.Fields.FirstOrDefault(field => field.EntityType == entityType && (field.Id == name || Same(field.Name, name) || Same(field.Code, name))) is { } field)
                return ($"{entityType}.{(field.Name.AsSpan().ContainsAny('[', ']') ? $"{EntityFields.CustomFields}.{field.Id}" : field.Name)}", ru, en);
            if (entityType == EntityTypes.Deal && Own.TryGetValue(name, out var own)) return ($"{entityType}.{own}", ru, en);
        }

        return null;
    }

    private static bool Same(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
