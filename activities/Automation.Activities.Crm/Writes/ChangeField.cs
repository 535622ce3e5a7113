using Automation.Activities.Crm.Common;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Writes a field of the deal, its contact or company; does nothing when it is equal.", DisplayName = "Change field",
    DisplayNameRu = "Изменить поле", DescriptionRu = "Записывает поле сделки, её контакта или компании; равное значение не пишет.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class ChangeField : EntityWriteActivity
{
    [Input(DisplayName = "Field", Description = "Id or shown name of the field; also name, price, responsible_id.",
        DisplayNameRu = "Поле", DescriptionRu = "Id или название поля; также name, price, responsible_id.", Order = 1, UIHint = "crm-field", IsRequired = true)]
    public Input<string>? Field { get; set; }

    [Input(DisplayName = "Value", Description = "The new value. Empty clears a custom field.",
        DisplayNameRu = "Значение", DescriptionRu = "Новое значение. Пустое очищает дополнительное поле.", Order = 2, DefaultSyntax = "Liquid", CanContainSecrets = true)]
    public Input<JToken>? Value { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Field) is not { Length: > 0 } field)
        {
            await context.EndAsync(FailedOutcome, "field_empty");
            return;
        }
        context.JournalData["field"] = field;
        var (type, id, entity) = await TargetAsync(context);
        var value = context.Get(Value) is { Type: not JTokenType.Undefined } given && !(given is JValue { Value: "" }) ? given : JValue.CreateNull();
        if (Same(Fields.Value(entity, field), value))
        {
            await UnchangedAsync(context);
            return;
        }
        if (Command(type, id, field, value) is not { } command)
        {
            await context.EndAsync(FailedOutcome, "value_invalid");
            return;
        }
        await WriteAsync(context, command, context.In($"поле «{field}»: {context.Named(type, id)}", $"field «{field}»: {context.Named(type, id)}"));
    }

    private static UpdateEntity? Command(string type, string id, string field, JToken value) => field switch
    {
        EntityFields.Name => Fields.Text(value) is { } name ? new(type, id, Name: name) : null,
        EntityFields.ResponsibleId => Fields.Text(value) is { } user ? new(type, id, ResponsibleId: user) : null,
        EntityFields.Price => decimal.TryParse(Fields.Text(value), System.Globalization.CultureInfo.InvariantCulture, out var price) ? new(type, id, Price: price) : null,
        EntityFields.StageId or EntityFields.PipelineId or EntityFields.Id => null,
        _ => new(type, id, Fields: new Dictionary<string, JToken> { [field] = value }),
    };

    private static bool Same(JToken left, JToken right)
    {
        if (left is JArray || right is JArray) return Fields.Texts(left).Order(StringComparer.Ordinal).SequenceEqual(Fields.Texts(right).Order(StringComparer.Ordinal));
        return Fields.Text(left) == Fields.Text(right);
    }
}
