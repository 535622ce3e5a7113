using Automation.Engine.Funnels;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>A ready-made set of triggers.</summary>
/// <param name="Needs">Kinds of connection that it works with, beside the CRM: sms, booking, email.</param>
public sealed record FunnelTemplate(string Id, Wording Name, Wording Description, IReadOnlyList<string> Needs, JArray Triggers);

/// <summary>
/// The bundled templates, one file each. Their triggers name stages by what they are: <c>@first</c>, <c>@second</c>, <c>@before-won</c>,
/// <c>@won</c>, <c>@lost</c>, <c>@open</c> (every ordinary one).
/// </summary>
public sealed class TemplateCatalog(string folder)
{
    private readonly Lazy<IReadOnlyList<FunnelTemplate>> all = new(() => Read(folder));

    /// <summary>In the order of their files; empty where none were brought along.</summary>
    public IReadOnlyList<FunnelTemplate> All => all.Value;

    /// <summary>A template's triggers for a funnel: on its stages, under free ids, behind its other triggers.</summary>
    public static IReadOnlyList<FunnelTrigger> For(FunnelTemplate template, FunnelDocument funnel, bool english)
    {
        var taken = funnel.Triggers.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal);
        var order = funnel.Triggers.Select(trigger => trigger.Order).DefaultIfEmpty(0).Max();
        var made = new List<FunnelTrigger>();
        foreach (var part in template.Triggers.OfType<JObject>())
        {
            var filled = Spoken((JObject)part.DeepClone(), english);
            if (filled["when"]?["stages"] is JArray roles) filled["when"]!["stages"] = new JArray(roles.SelectMany(role => StagesOf((string)role!, funnel)).Select(stage => stage.Ref.ToString()).Distinct());
            var trigger = FunnelJson.ReadTrigger(filled);
            // Two funnels of one CRM that take the same template are told apart by their triggers' ids.
            var id = funnel.IdFor(trigger.Id, taken);
            taken.Add(id);
            made.Add(trigger with { Id = id, Order = order += 10 });
        }

        return made;
    }

    private static IEnumerable<Stage> StagesOf(string role, FunnelDocument funnel)
    {
        var ordinary = funnel.Stages.Where(stage => stage.Kind == "ordinary").ToList();
        return role switch
        {
            "@first" => ordinary.Take(1),
            "@second" => ordinary.Skip(1).Take(1).DefaultIfEmpty(ordinary.FirstOrDefault()).OfType<Stage>(),
            "@before-won" => ordinary.TakeLast(1),
            "@won" => funnel.Stages.Where(stage => stage.Kind == "won"),
            "@lost" => funnel.Stages.Where(stage => stage.Kind == "lost"),
            "@open" => ordinary,
            _ => throw new InvalidOperationException($"A template names the stage '{role}', which is none of those that templates know."),
        };
    }

    /// <summary>Texts of a template stand in both languages: <c>{"ru": …, "en": …}</c>.</summary>
    private static JObject Spoken(JObject part, bool english)
    {
        foreach (var text in part.Descendants().OfType<JObject>().Where(one => one.Count == 2 && one["ru"] is not null && one["en"] is not null).ToList()) text.Replace(text[english ? "en" : "ru"]!);
        return part;
    }

    private static List<FunnelTemplate> Read(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => JsonConvert.DeserializeObject<FunnelTemplate>(File.ReadAllText(file), FunnelJson.Settings)!)];
}
