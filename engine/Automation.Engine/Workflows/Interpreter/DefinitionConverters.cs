using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Lets the serializer read activities, expressions and variables wherever they stand in a definition.</summary>
internal static class DefinitionConverters
{
    public static IEnumerable<JsonConverter> All(DefinitionCompiler compiler) =>
        [new ActivityConverter(compiler), new ExpressionConverter(), new VariableConverter()];

    // The very token and not a copy: problems are reported with its path.
    private static JToken Take(JsonReader reader)
    {
        var token = ((JTokenReader)reader).CurrentToken!;
        reader.Skip();
        return token;
    }

    private sealed class ActivityConverter(DefinitionCompiler compiler) : JsonConverter
    {
        public override bool CanWrite => false;

        public override bool CanConvert(Type objectType) => typeof(IActivity).IsAssignableFrom(objectType);

        public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
            Take(reader) is JObject json ? compiler.ReadActivity(json) : null;

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
    }

    private sealed class ExpressionConverter : JsonConverter<Expression>
    {
        public override bool CanWrite => false;

        public override Expression? ReadJson(JsonReader reader, Type objectType, Expression? existingValue, bool hasExistingValue, JsonSerializer serializer) =>
            Take(reader) switch
            {
                JObject json => InputReader.From(json["expression"] as JObject ?? json),
                JValue { Value: not null } literal => new Expression(ExpressionTypes.Literal, literal),
                _ => null,
            };

        public override void WriteJson(JsonWriter writer, Expression? value, JsonSerializer serializer) => throw new NotSupportedException();
    }

    private sealed class VariableConverter : JsonConverter<Variable>
    {
        public override bool CanWrite => false;

        public override Variable? ReadJson(JsonReader reader, Type objectType, Variable? existingValue, bool hasExistingValue, JsonSerializer serializer)
        {
            var json = Take(reader);
            if (json.Type == JTokenType.Null) return null;
            var (id, name) = InputReader.Reference(new Expression(ExpressionTypes.Variable, json));
            return new Variable { Id = id, Name = name, TypeName = (string?)(json as JObject)?["typeName"] ?? "Object" };
        }

        public override void WriteJson(JsonWriter writer, Variable? value, JsonSerializer serializer) => throw new NotSupportedException();
    }
}
