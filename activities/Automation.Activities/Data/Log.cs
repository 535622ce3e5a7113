using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Data;

public enum LogLevel { Trace, Debug, Information, Warning, Error, Critical }

/// <summary>The run's journal is where it writes to: <c>sinkNames</c> are kept and choose nothing.</summary>
[Activity("Elsa", "Diagnostics", "Writes an entry into the journal.", DisplayNameRu = "Записать в журнал", CategoryRu = "Основное", DescriptionRu = "Записывает сообщение в журнал запуска."), Deterministic]
public sealed class Log : CodeActivity
{
    private const string Journal = "Journal";

    [Input(DisplayNameRu = "Сообщение", UIHint = "multi-line", Order = 0)] public Input<string>? Message { get; set; }

    [Input(DisplayNameRu = "Уровень", DefaultValue = LogLevel.Information, UIHint = "dropdown", Order = 1)] public Input<LogLevel>? Level { get; set; }

    [Input(DisplayNameRu = "Категория", DefaultValue = "Process", Order = 2)] public Input<string>? Category { get; set; }

    [Input(DisplayNameRu = "Данные", Order = 3)] public Input<JToken>? Arguments { get; set; }

    [Input(DisplayNameRu = "Признаки", UIHint = "dictionary", Order = 4)] public Input<JObject>? Attributes { get; set; }

    [Input(DisplayNameRu = "Куда", UIHint = "checklist", Options = new[] { Journal }, Order = 5)] public Input<JArray>? SinkNames { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var payload = new JObject { ["level"] = context.Get(Level).ToString(), ["category"] = context.Get(Category) ?? "Process" };
        if (context.Get(Arguments) is { Type: not JTokenType.Null } arguments) payload["arguments"] = arguments;
        if (context.Get(Attributes) is { Count: > 0 } attributes) payload["attributes"] = attributes;
        context.AddExecutionLogEntry("Log", context.Get(Message) ?? "", payload);
    }
}
