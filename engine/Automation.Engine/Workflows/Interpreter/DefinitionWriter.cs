using System.Reflection;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Writes activities that were built in code as a definition document holds them; the compiler reads them like any other.</summary>
internal static class DefinitionWriter
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        ContractResolver = new DefaultContractResolver { NamingStrategy = new CamelCaseNamingStrategy(false, false) },
        Converters = { new ActivityConverter(), new ExpressionConverter() },
    });

    public static JObject Activity(IActivity activity)
    {
        var descriptor = ActivityDescriber.Describe(activity.GetType());
        var json = new JObject { ["type"] = descriptor.TypeName, ["version"] = descriptor.Version };
        if (activity.Id.Length > 0) json["id"] = activity.Id;
        if (activity.Name is not null) json["name"] = activity.Name;
        if (activity.CustomProperties.Count > 0) json["customProperties"] = JObject.FromObject(activity.CustomProperties);
        if (activity.Metadata.Count > 0) json["metadata"] = JObject.FromObject(activity.Metadata);
        foreach (var input in descriptor.Inputs)
            if (input.Property?.GetValue(activity) is { } value) json[input.JsonName] = value is Input wrapped ? Wrapped(wrapped.Expression, input.Type) : Plain(value);
        foreach (var output in descriptor.Outputs)
            if (output.Property?.GetValue(activity) is Output { MemoryReference.Id: { Length: > 0 } id }) json[output.JsonName] = new JObject { ["typeName"] = TypeAlias.Of(output.Type), ["memoryReference"] = new JObject { ["id"] = id } };
        // What a composite is made of stays in its code: its root is a port that nobody sees.
        foreach (var port in descriptor.Ports.Where(port => port.IsBrowsable))
            if (port.Property.GetValue(activity) is { } child) json[port.JsonName] = Plain(child);
        foreach (var property in descriptor.Structure.Where(property => activity is not Composite || property.Name != nameof(IVariableContainer.Variables)))
            if (property.GetValue(activity) is { } value) json[ActivityDescriber.CamelCase(property.Name)] = Plain(value);
        return json;
    }

    public static JArray Variables(IEnumerable<Variable> variables) => [.. variables.Select(Plain)];

    /// <summary>What the document says of a port, or else what the activity's constructor put there.</summary>
    public static JToken? Port(JToken? json, IActivity activity, PropertyInfo port) =>
        json is { Type: not JTokenType.Null } ? json : port.GetValue(activity) is IActivity own ? Activity(own) : null;

    private static JToken Plain(object value) => JsonText.Normalize(JToken.FromObject(value, Serializer));

    private static JObject Wrapped(Expression expression, Type type) => new()
    {
        ["typeName"] = TypeAlias.Of(type),
        ["expression"] = expression switch
        {
            { Type: ExpressionTypes.Object, Value: JValue } => Written(ExpressionTypes.Literal, Scalar((JValue)expression.Value, type)),
            // Studio's editors write lists and objects as JSON text, its pickers whole variables.
            { Type: ExpressionTypes.Object, Value: JContainer items } => Written(ExpressionTypes.Object, JsonText.Normalize(items.DeepClone()).ToString(Formatting.None)),
            { Type: ExpressionTypes.Variable, Value: JValue { Value: string name } } => Written(ExpressionTypes.Variable, new JObject { ["id"] = name, ["name"] = name }.ToString(Formatting.None)),
            _ => Written(expression.Type, expression.Value?.DeepClone()),
        },
    };

    private static JObject Written(string type, JToken? value) => new() { ["type"] = type, ["value"] = value };

    private static JToken Scalar(JValue value, Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum && value.Type == JTokenType.Integer ? Enum.ToObject(bare, (long)value).ToString() : JsonText.Normalize(value.DeepClone());
    }

    private sealed class ActivityConverter : JsonConverter
    {
        public override bool CanRead => false;

        public override bool CanConvert(Type objectType) => typeof(IActivity).IsAssignableFrom(objectType);

        public override object ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) => throw new NotSupportedException();

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => Activity((IActivity)value!).WriteTo(writer);
    }

    private sealed class ExpressionConverter : JsonConverter<Expression>
    {
        public override bool CanRead => false;

        public override Expression ReadJson(JsonReader reader, Type objectType, Expression? existingValue, bool hasExistingValue, JsonSerializer serializer) => throw new NotSupportedException();

        public override void WriteJson(JsonWriter writer, Expression? value, JsonSerializer serializer) => Written(value!.Type, value.Value?.DeepClone()).WriteTo(writer);
    }
}
