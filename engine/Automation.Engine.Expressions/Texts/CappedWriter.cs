using System.Text;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Stops a template that writes more than its share.</summary>
internal sealed class CappedWriter(int capacity, IFormatProvider format) : TextWriter(format)
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        Reserve(1);
        _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Reserve(buffer.Length);
        _text.Append(buffer);
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override string ToString() => _text.ToString();

    private void Reserve(int count)
    {
        if (_text.Length + count > capacity) throw new TextTooLongException();
    }
}

/// <summary>The text of a template exceeds its limit.</summary>
internal sealed class TextTooLongException : Exception;
