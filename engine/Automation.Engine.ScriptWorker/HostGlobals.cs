using System.Text;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Native.Object;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Automation.Engine.ScriptWorker;

/// <summary>What a script finds besides the language: its data and Elsa's functions. All effects are collected as data.</summary>
internal sealed class HostGlobals(Jint.Engine engine, ScriptCall call)
{
    private readonly Dictionary<string, ObjectInstance> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _variablesBefore = new(StringComparer.Ordinal);
    private readonly HashSet<string> _set = new(StringComparer.Ordinal);
    private readonly List<string> _outcomes = [];
    private JsValue? _correlationId;
    private JsValue? _instanceName;
    private JsValue _lastResult = JsValue.Null;
    private Random _random = new(0);

    public void Define()
    {
        foreach (var (name, json) in call.Globals)
        {
            var value = new JsonParser(engine, 128).Parse(json.Span);
            if (name is "variables" or "input" or "outputs" or "workflow" && value is ObjectInstance known) _objects[name] = known;
            if (name == "lastResult") _lastResult = value;
            if (!engine.Global.HasProperty(name)) engine.SetValue(name, value);
        }
        var random = new Random(call.Seed());
        _random = random;
        engine.Global.Get("Math").AsObject().FastSetProperty("random", new PropertyDescriptor(new ClrFunction(engine, "random", (_, _) => random.NextDouble()), true, false, true));
        DefineVariables();
        DefineWorkflow();
        DefineTexts();
    }

    /// <summary>The whole reply; variables are compared with what they were, so plain assignments count as sets.</summary>
    public byte[] Reply(ReadOnlyMemory<byte> value)
    {
        using var stream = new MemoryStream(64 + value.Length);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WritePropertyName("value");
        json.WriteRawValue(value.Span, skipInputValidation: true);
        WriteVariables(json, value.Length);
        if (_outcomes.Count > 0)
        {
            json.WriteStartArray("outcomes");
            foreach (var outcome in _outcomes) json.WriteStringValue(Encoding.UTF8.GetBytes(outcome));
            json.WriteEndArray();
        }
        WriteText(json, "correlationId", _correlationId);
        WriteText(json, "instanceName", _instanceName);
        json.WriteEndObject();
        json.Flush();
        return stream.ToArray();
    }

    private void DefineVariables()
    {
        if (!Uses("ariable") && !Uses("get") && !Uses("set")) return;
        var variables = Object("variables");
        engine.SetValue("variables", variables);
        foreach (var key in variables.GetOwnPropertyKeys(Jint.Runtime.Types.String))
        {
            var name = key.ToString();
            _variablesBefore[name] = Snapshot(variables.Get(key));
            if (name.Length == 0) continue;
            var pascal = char.ToUpperInvariant(name[0]) + name[1..];
            Function("get" + pascal, _ => variables.Get(name));
            Function("set" + pascal, a => SetVariable(variables, name, At(a, 0)));
        }
        Function("getVariable", a => variables.Get(At(a, 0)));
        Function("setVariable", a => SetVariable(variables, Name(At(a, 0), "setVariable"), At(a, 1)));
    }

    private void DefineWorkflow()
    {
        Function("getInput", a => Object("input").Get(At(a, 0)));
        Function("getLastResult", _ => _lastResult);
        Function("getOutputFrom", a => OutputFrom(At(a, 0), At(a, 1)));
        if (Uses("From")) DefineOutputGetters();
        Function("setOutcome", a => SetOutcomes(a[..Math.Min(a.Length, 1)]));
        Function("setOutcomes", a => SetOutcomes(At(a, 0) is JsArray list ? [.. Items(list)] : a));
        Function("getCorrelationId", _ => _correlationId ?? Object("workflow").Get("correlationId"));
        Function("setCorrelationId", a => _correlationId = Text(At(a, 0)));
        Function("getWorkflowInstanceId", _ => Object("workflow").Get("instanceId"));
        Function("getWorkflowInstanceName", _ => _instanceName ?? Object("workflow").Get("instanceName"));
        Function("setWorkflowInstanceName", a => _instanceName = Text(At(a, 0)));
        Function("getWorkflowDefinitionId", _ => Object("workflow").Get("definitionId"));
        Function("getWorkflowDefinitionVersionId", _ => Object("workflow").Get("definitionVersionId"));
        Function("getWorkflowDefinitionVersion", _ => Object("workflow").Get("definitionVersion"));
    }

    private void DefineTexts()
    {
        Function("isNullOrEmpty", a => At(a, 0).IsNull() || At(a, 0).IsUndefined() || At(a, 0) is JsString { Length: 0 });
        Function("isNullOrWhiteSpace", a => At(a, 0).IsNull() || At(a, 0).IsUndefined() || (At(a, 0) is JsString { Length: <= ResultWriter.MaxBytes } s && string.IsNullOrWhiteSpace(s.ToString())));
        Function("toJson", a => new Jint.Native.Json.JsonSerializer(engine).Serialize(At(a, 0)));
        Function("getGuid", _ => JsString.Create(NewGuid().ToString()));
        Function("getGuidString", _ => JsString.Create(NewGuid().ToString()));
        Function("getShortGuid", _ => JsString.Create(Convert.ToBase64String(NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_')));
        Function("parseGuid", a => Guid.TryParse(Long(At(a, 0), "parseGuid"), out var id) ? JsString.Create(id.ToString()) : throw new ScriptFailure("script_failed", "parseGuid: this is no GUID.", "«parseGuid»: это не GUID."));
        Function("stringToBase64", a => JsString.Create(Convert.ToBase64String(Encoding.UTF8.GetBytes(Long(At(a, 0), "stringToBase64")))));
        Function("stringFromBase64", a => JsString.Create(Encoding.UTF8.GetString(Decoded(At(a, 0), "stringFromBase64"))));
        Function("bytesFromString", a => Bytes(Encoding.UTF8.GetBytes(Long(At(a, 0), "bytesFromString"))));
        Function("bytesToString", a => JsString.Create(Encoding.UTF8.GetString(Bytes(At(a, 0), "bytesToString"))));
        Function("bytesFromBase64", a => Bytes(Decoded(At(a, 0), "bytesFromBase64")));
        Function("bytesToBase64", a => JsString.Create(Convert.ToBase64String(Bytes(At(a, 0), "bytesToBase64"))));
        if (!Uses("console")) return;
        var console = new JsObject(engine);
        foreach (var level in new[] { "log", "info", "warn", "error", "debug" }) console.FastSetDataProperty(level, new ClrFunction(engine, level, (_, _) => JsValue.Undefined));
        engine.SetValue("console", console);
    }

    private void DefineOutputGetters()
    {
        var outputs = Object("outputs");
        foreach (var activity in outputs.GetOwnPropertyKeys(Jint.Runtime.Types.String))
        {
            if (outputs.Get(activity) is not ObjectInstance values) continue;
            foreach (var output in values.GetOwnPropertyKeys(Jint.Runtime.Types.String))
                Function($"get{output}From{activity}", _ => values.Get(output));
        }
    }

    private JsValue OutputFrom(JsValue activity, JsValue name)
    {
        var outputs = Object("outputs").Get(activity);
        if (outputs is not ObjectInstance values) return JsValue.Undefined;
        if (!name.IsUndefined()) return values.Get(name);
        var keys = values.GetOwnPropertyKeys(Jint.Runtime.Types.String);
        return keys.Count == 1 ? values.Get(keys[0]) : values.HasOwnProperty("Result") ? values.Get("Result") : values;
    }

    private JsValue SetVariable(ObjectInstance variables, string name, JsValue value)
    {
        variables.Set(name, value);
        _set.Add(name);
        return JsValue.Undefined;
    }

    private JsValue SetOutcomes(JsValue[] names)
    {
        _outcomes.Clear();
        foreach (var name in names.Take(100)) _outcomes.Add(Name(name, "setOutcomes"));
        return JsValue.Undefined;
    }

    private void WriteVariables(Utf8JsonWriter json, int size)
    {
        if (!_objects.TryGetValue("variables", out var variables)) return;
        json.WriteStartObject("sets");
        foreach (var key in variables.GetOwnPropertyKeys(Jint.Runtime.Types.String))
        {
            var name = key.ToString();
            var property = variables.GetOwnProperty(key);
            if (property.IsAccessorDescriptor()) throw new ScriptFailure("script_result_invalid", $"The variable {name} is a getter.", $"Переменная «{name}» — вычисляемое поле, а нужно простое значение.");
            // Too large to be given back: it only counts as set when the script sets it.
            if (!_set.Contains(name) && _variablesBefore.TryGetValue(name, out var known) && known.IsEmpty) continue;
            var after = ResultOf(name, property.Value);
            if (!_set.Contains(name) && _variablesBefore.TryGetValue(name, out var before) && before.Span.SequenceEqual(after.Span)) continue;
            if ((size += after.Length) > ResultWriter.MaxBytes) throw new ScriptFailure("script_result_invalid", $"Result and variables together are larger than {ResultWriter.MaxBytes / 1024} KiB.", $"Ответ и переменные вместе больше {ResultWriter.MaxBytes / 1024} КБ.");
            json.WritePropertyName(Encoding.UTF8.GetBytes(name));
            json.WriteRawValue(after.Span, skipInputValidation: true);
        }
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, JsValue? value)
    {
        if (value is JsString s) json.WriteString(name, Encoding.UTF8.GetBytes(s.ToString()));
    }

    private static ReadOnlyMemory<byte> ResultOf(string name, JsValue value)
    {
        try
        {
            return ResultWriter.ToJson(value);
        }
        catch (ScriptFailure e)
        {
            throw new ScriptFailure(e.Code, $"Variable {name}: {e.Message}", $"Переменная «{name}»: {e.Ru}");
        }
    }

    private static ReadOnlyMemory<byte> Snapshot(JsValue value)
    {
        try
        {
            return ResultWriter.ToJson(value);
        }
        catch (ScriptFailure)
        {
            return default;
        }
    }

    private ObjectInstance Object(string name)
    {
        if (!_objects.TryGetValue(name, out var found)) _objects[name] = found = new JsObject(engine);
        return found;
    }

    private void Function(string name, Func<JsValue[], JsValue> body)
    {
        if (Uses(name)) engine.SetValue(name, new ClrFunction(engine, name, (_, a) => body(a)));
    }

    private bool Uses(string text) => call.Source.Contains(text, StringComparison.Ordinal);

    private static JsValue At(JsValue[] arguments, int index) => index < arguments.Length ? arguments[index] : JsValue.Undefined;

    private static IEnumerable<JsValue> Items(JsArray list)
    {
        for (uint i = 0; i < Math.Min(list.Length, 100); i++) yield return list.GetOwnProperty(JsNumber.Create(i)).Value ?? JsValue.Undefined;
    }

    // Drawn like Math.random: a replay draws the same.
    private Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        (bytes[7], bytes[8]) = ((byte)((bytes[7] & 0x0F) | 0x40), (byte)((bytes[8] & 0x3F) | 0x80));
        return new Guid(bytes);
    }

    private JsArray Bytes(byte[] bytes) => new(engine, [.. bytes.Select(one => (JsValue)JsNumber.Create(one))]);

    private static byte[] Bytes(JsValue value, string function)
    {
        if (value is not JsArray { Length: <= ResultWriter.MaxBytes } list) throw new ScriptFailure("script_failed", $"{function} takes a list of bytes.", $"Для «{function}» нужен список чисел от 0 до 255.");
        var bytes = new byte[list.Length];
        for (uint i = 0; i < list.Length; i++)
            bytes[i] = list.GetOwnProperty(JsNumber.Create(i)).Value is JsNumber number && number.AsNumber() is >= 0 and <= 255 and var one ? (byte)one : throw new ScriptFailure("script_failed", $"{function} takes a list of bytes, each from 0 to 255.", $"Для «{function}» нужен список чисел от 0 до 255.");
        return bytes;
    }

    private static byte[] Decoded(JsValue value, string function)
    {
        var text = Long(value, function);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : throw new ScriptFailure("script_failed", $"{function}: this is no Base64.", $"«{function}»: это не Base64.");
    }

    private static string Long(JsValue value, string function) => value is JsString { Length: <= ResultWriter.MaxBytes } text ? text.ToString() : throw new ScriptFailure("script_failed", $"{function} takes a text of at most {ResultWriter.MaxBytes / 1024} KiB.", $"Для «{function}» нужен текст не длиннее {ResultWriter.MaxBytes} знаков.");

    private static JsValue Text(JsValue value) => value is JsString { Length: <= 1_000 } ? value : JsString.Create(Name(value, "this call"));

    private static string Name(JsValue value, string function) => value switch
    {
        JsString { Length: <= 1_000 } s => s.ToString(),
        _ when value.IsNumber() => value.ToString(),
        _ => throw new ScriptFailure("script_failed", $"{function} takes a text of at most 1,000 characters.", $"Для «{function}» нужен текст не длиннее 1000 знаков."),
    };
}
