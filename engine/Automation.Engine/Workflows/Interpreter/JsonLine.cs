using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Writes JSON on one line into a buffer that its thread keeps: nothing is looked up by reflection, nothing grows twice.</summary>
public static class JsonLine
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static StringBuilder? kept;

    public static string Write(JToken token) => Write(token, static (json, value) => value.WriteTo(json));

    /// <param name="write">Writes exactly one value.</param>
    public static string Write<T>(T value, Action<JsonTextWriter, T> write)
    {
        // Taken, so that a writer within a writer gets a buffer of its own.
        var builder = kept ?? new StringBuilder(4 * 1024);
        kept = null;
        builder.Clear();
        using (var text = new StringWriter(builder, CultureInfo.InvariantCulture))
        using (var json = new JsonTextWriter(text) { CloseOutput = false }) write(json, value);
        var line = builder.ToString();
        if (builder.Capacity <= LargestKept) kept = builder;
        return line;
    }

    /// <summary>Writes the property where there is a value.</summary>
    public static void Optional(this JsonTextWriter json, string name, string? value)
    {
        if (value is null) return;
        json.WritePropertyName(name);
        json.WriteValue(value);
    }

    /// <summary>Writes the property where the flag is set.</summary>
    public static void Optional(this JsonTextWriter json, string name, bool flag)
    {
        if (!flag) return;
        json.WritePropertyName(name);
        json.WriteValue(true);
    }

    public static void Property(this JsonTextWriter json, string name, JToken value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
