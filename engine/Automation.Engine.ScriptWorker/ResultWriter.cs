using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;

namespace Automation.Engine.ScriptWorker;

/// <summary>
/// Turns values into JSON within caps. It reads own data properties only: no getter, trap, toJSON or toString of the script runs here,
/// where neither the statement nor the time limit would count.
/// </summary>
internal sealed class ResultWriter : IDisposable
{
    public const int MaxBytes = 64 * 1024;
    public const int MaxDepth = 16;
    private const double MaxNumber = 7.9e28;  // a decimal's range
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _json;

    private ResultWriter() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public static ReadOnlyMemory<byte> ToJson(JsValue value)
    {
        using var writer = new ResultWriter();
        if (!writer.Write(value, 0)) throw Invalid($"A script cannot return {(value.IsSymbol() ? "a symbol" : "a function")}.", $"Скрипт не может вернуть {(value.IsSymbol() ? "символ" : "функцию")}.");
        writer._json.Flush();
        writer.CheckSize();
        return writer._buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    /// <returns>False when JSON has no form for the value: a function or a symbol.</returns>
    private bool Write(JsValue value, int depth)
    {
        CheckSize();
        switch (value.Type)
        {
            case Types.Undefined or Types.Null: _json.WriteNullValue(); return true;
            case Types.Boolean: _json.WriteBooleanValue(value.AsBoolean()); return true;
            case Types.Number: WriteNumber(value.AsNumber()); return true;
            case Types.String: WriteText((JsString)value); return true;
            case Types.BigInt: throw Invalid("A script cannot return a BigInt.", "Скрипт не может вернуть «BigInt».");
            case Types.Symbol: return false;
            default: return WriteObject((ObjectInstance)value, depth);
        }
    }

    private void WriteNumber(double number)
    {
        if (!double.IsFinite(number)) throw Invalid($"The result holds {number.ToString(CultureInfo.InvariantCulture)}, which is not a number.", "В ответе скрипта вместо числа стоит бесконечность или то, что числом не стало.");
        if (Math.Abs(number) > MaxNumber) throw Invalid("The result holds a number that is too large.", "В ответе скрипта слишком большое число.");
        if (number == Math.Truncate(number) && Math.Abs(number) < 1e15) _json.WriteNumberValue((long)number);
        else _json.WriteNumberValue(decimal.TryParse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : 0m);
    }

    private void WriteText(JsString text)
    {
        // A rope of doubled strings has a length long before it has characters.
        if (text.Length > MaxBytes) throw TooLarge();
        _json.WriteStringValue(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private bool WriteObject(ObjectInstance value, int depth)
    {
        if (value is JsDate date)
        {
            if (double.IsNaN(date.DateValue)) _json.WriteNullValue();
            else _json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(date.DateValue, -62135596800000, 253402300799999)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            return true;
        }
        if (value.GetType().Name == "JsProxy") throw Invalid("A script cannot return a Proxy.", "Скрипт не может вернуть «Proxy».");
        if (value.IsCallable()) return false;
        if (value.IsPromise()) throw Invalid("A script cannot return a promise: nothing waits for it.", "Скрипт не может вернуть «Promise»: его никто не дождётся.");
        if (depth >= MaxDepth) throw Invalid($"The result is deeper than {MaxDepth} levels or holds itself.", $"Части ответа стоят одна внутри другой больше {MaxDepth} раз, или ответ содержит сам себя.");
        if (value is JsArray array) WriteArray(array, depth);
        else WriteProperties(value, depth);
        return true;
    }

    private void WriteArray(JsArray array, int depth)
    {
        _json.WriteStartArray();
        for (uint i = 0; i < array.Length; i++)
            if (!Write(Data(array.GetOwnProperty(JsNumber.Create(i))), depth + 1)) _json.WriteNullValue();
        _json.WriteEndArray();
    }

    private void WriteProperties(ObjectInstance value, int depth)
    {
        _json.WriteStartObject();
        foreach (var key in value.GetOwnPropertyKeys(Types.String))
        {
            var property = value.GetOwnProperty(key);
            if (property == PropertyDescriptor.Undefined || !property.Enumerable) continue;
            var data = Data(property);
            if (data.IsUndefined() || data.IsSymbol() || (data.IsCallable() && data.GetType().Name != "JsProxy")) continue;
            var name = key.ToString();
            if (name.Length > MaxBytes) throw TooLarge();
            _json.WritePropertyName(Encoding.UTF8.GetBytes(name));
            Write(data, depth + 1);
        }
        _json.WriteEndObject();
    }

    private static JsValue Data(PropertyDescriptor property)
    {
        if (property == PropertyDescriptor.Undefined) return JsValue.Undefined;
        return property.IsAccessorDescriptor() ? throw Invalid("The result holds a getter; return plain values.", "Верните простые значения: в ответе скрипта есть вычисляемое поле.") : property.Value;
    }

    private void CheckSize()
    {
        if (_json.BytesCommitted + _json.BytesPending > MaxBytes) throw TooLarge();
    }

    private static ScriptFailure TooLarge() => Invalid($"The result is larger than {MaxBytes / 1024} KiB.", $"Ответ скрипта больше {MaxBytes / 1024} КБ.");

    private static ScriptFailure Invalid(string message, string ru) => new("script_result_invalid", message, ru);
}
