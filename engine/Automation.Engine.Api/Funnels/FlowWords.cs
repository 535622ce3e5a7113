using System.Globalization;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels.Flows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>Says what a trigger does, step by step: <c>SMS → задача → ждать 1 рабочий день</c>.</summary>
/// <param name="directory">For names of stages and fields; null for none.</param>
public sealed class FlowWords(ActivityRegistry activities, CrmDirectory? directory, bool english)
{
    private static readonly Dictionary<string, (string Ru, string En)> Short = new(StringComparer.Ordinal)
    {
        ["Crm.SendSms"] = ("SMS", "SMS"),
        ["Crm.SendEmail"] = ("письмо", "e-mail"),
        ["Crm.CreateTask"] = ("задача", "task"),
        ["Crm.CompleteTasks"] = ("закрыть задачи", "complete tasks"),
        ["Crm.AddNote"] = ("примечание", "note"),
        ["Crm.AddTag"] = ("добавить тег", "add a tag"),
        ["Crm.RemoveTag"] = ("убрать тег", "remove a tag"),
        ["Crm.ChangeStage"] = ("сменить этап", "change the stage"),
        ["Crm.ChangeField"] = ("изменить поле", "change a field"),
        ["Crm.SetPriority"] = ("приоритет", "priority"),
        ["Crm.AssignManager"] = ("назначить менеджера", "assign a manager"),
        ["Crm.CreateChildDeal"] = ("новая сделка", "new deal"),
        ["Crm.SyncBooking"] = ("запись", "booking"),
        ["Crm.SendWebhook"] = ("вебхук", "webhook"),
        ["Elsa.FlowSendHttpRequest"] = ("HTTP-запрос", "HTTP request"),
        ["Elsa.SendHttpRequest"] = ("HTTP-запрос", "HTTP request"),
        ["Elsa.RunJavaScript"] = ("скрипт", "script"),
        ["Elsa.PublishEvent"] = ("сообщить о событии", "publish an event"),
        [FlowKinds.End] = ("конец", "end"),
    };

    // The input that says most about what a step does, and whether it is an id of the CRM's.
    private static readonly Dictionary<string, string> Told = new(StringComparer.Ordinal)
    {
        ["Crm.ChangeStage"] = "stageId",
        ["Crm.ChangeField"] = "field",
        ["Crm.SetPriority"] = "priority",
        ["Elsa.PublishEvent"] = "eventName",
    };

    /// <summary>Each step of the outermost list in a few words; where there is no list, the activities by name.</summary>
    public IReadOnlyList<string> Of(JObject? workflow)
    {
        var read = FlowListReader.Read(workflow);
        return read.List is { } list ? Chain(list.Steps) : [.. (workflow ?? []).Descendants().OfType<JProperty>().Where(IsStep).Select(property => Known((string)property.Value!)).OfType<ActivityDescriptor>().Where(known => !known.IsContainer && !known.IsStart).Select(NameOf)];
    }

    /// <summary>The same in one line.</summary>
    public string Line(JObject? workflow) => string.Join(" → ", Of(workflow));

    /// <summary>A step without its ways.</summary>
    public string Of(FlowStep step)
    {
        if (step.Type is "Automation.Wait") return $"{Say("ждать", "wait")} {Length(Plain(step.Activity, "duration") ?? Default(step, "duration"))}";
        if (step.Type is "Elsa.Delay") return $"{Say("ждать", "wait")} {Length(Plain(step.Activity, "timeSpan") ?? Default(step, "timeSpan"))}";
        if (step.Type is "Elsa.StartAt") return Say("дождаться времени", "wait until a time");
        if (step.Type is FlowKinds.WaitForEvent or "Elsa.Event") return Say("дождаться события", "wait for an event") + Quoted(Plain(step.Activity, "eventName"));
        if (step.Kind == FlowKind.Parallel) return Say("одновременно", "at once");
        if (step.Type is FlowKinds.Decision) return $"{Say("если", "if")} {Condition(step.Activity)}";
        var name = Short.TryGetValue(step.Type, out var words) ? Say(words.Ru, words.En) : Known(step.Type) is { } known ? NameOf(known) : step.Type;
        return Told.TryGetValue(step.Type, out var input) && Plain(step.Activity, input) is { Length: > 0 } told ? name + Quoted(Named(step, input, told)) : name;
    }

    private List<string> Chain(IReadOnlyList<FlowStep> steps) => [.. steps.Where(step => step.Kind != FlowKind.Start).Select(WithWays)];

    private string WithWays(FlowStep step)
    {
        var words = Of(step);
        var ways = step.Ways.Where(way => way.Steps.Count > 0).Select(way => (way.Port, Line: string.Join(" → ", Chain(way.Steps)))).ToList();
        if (ways.Count == 0) return words;
        return step.Kind switch
        {
            FlowKind.Parallel => $"{words}: {string.Join(" + ", ways.Select(way => way.Line))}",
            FlowKind.Choice when step.Type == FlowKinds.Decision => $"{words}: {string.Join("; ", ways.Select(way => way.Port == "False" ? $"{Say("иначе", "otherwise")}: {way.Line}" : way.Line))}",
            _ => $"{words} ({string.Join("; ", ways.Select(way => way.Port == FlowKinds.Done ? way.Line : $"{Low(OutcomeWords.Of(way.Port, english))}: {way.Line}"))})",
        };
    }

    private string Named(FlowStep step, string input, string value) => input switch
    {
        "stageId" => directory?.Pipelines.Where(pipeline => Plain(step.Activity, "pipelineId") is not { Length: > 0 } chosen || pipeline.Id == chosen).SelectMany(pipeline => pipeline.Stages).FirstOrDefault(stage => stage.Id == value)?.Name ?? value,
        "field" => directory?.Fields.FirstOrDefault(field => field.Id == value)?.Name ?? value,
        _ => value,
    };

    private string Condition(JObject decision)
    {
        if (decision["condition"] is not JObject { } wrapper || wrapper["expression"] is not JObject expression || (string?)expression["type"] is not { } type || type == ExpressionTypes.Literal || expression["value"]?.ToString() is not { Length: > 0 } text) return "…";
        var words = ConditionWords.Of(new(type, text), directory, english);
        return words.Length > 80 ? words[..80] + "…" : words;
    }

    private string Length(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "…";
        try
        {
            return TimeLengthWords.Of(MomentText.Parse(text), english);
        }
        catch (FormatException)
        {
            return text;
        }
    }

    // What holds where nothing is written; not where it is computed.
    private string? Default(FlowStep step, string input) =>
        step.Activity[input] is null ? Known(step.Type)?.Inputs.FirstOrDefault(one => one.JsonName == input)?.Attribute.DefaultValue?.ToString() : null;

    /// <summary>The value of an input that is written out; null where it is computed or missing.</summary>
    private static string? Plain(JObject activity, string input) => activity[input] switch
    {
        JObject wrapper when wrapper["expression"] is JObject expression => (string?)expression["type"] is null or ExpressionTypes.Literal && expression["value"] is JValue { Value: { } value } ? Convert.ToString(value, CultureInfo.InvariantCulture) : null,
        JValue { Value: { } value } => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool IsStep(JProperty property) => property is { Name: "type", Value: JValue { Value: string }, Parent: JObject node } && node["id"] is not null;

    private static string Quoted(string? text) => text is { Length: > 0 } ? $" «{text}»" : "";

    private ActivityDescriptor? Known(string type) => activities.Descriptors.FirstOrDefault(one => one.TypeName == type);

    private string NameOf(ActivityDescriptor known) => Low(english ? known.DisplayName : known.DisplayNameRu ?? known.DisplayName);

    // A word in capitals, such as SMS, stays.
    private static string Low(string text) => text.Length < 2 || char.IsUpper(text[1]) ? text : char.ToLowerInvariant(text[0]) + text[1..];

    private string Say(string russian, string plain) => english ? plain : russian;
}
