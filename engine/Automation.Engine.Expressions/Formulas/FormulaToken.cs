namespace Automation.Engine.Expressions.Formulas;

internal enum TokenKind
{
    Literal,
    Date,
    Path,
    Function,
    Operator,
    Open,
    Close,
    Comma,
}

/// <summary>A token; <c>Text</c> is as written, for an operator in the spelling of the parser; <c>Position</c> is its index in the source.</summary>
internal sealed record Token(TokenKind Kind, string Text, int Position, object? Value = null)
{
    /// <summary>As the writer of the formula knows it, for messages.</summary>
    public string Written { get; init; } = Text;
}

/// <summary>A date between <c>#</c>; without an offset it stands in the account's zone.</summary>
internal sealed record DateLiteral(DateTime Local, TimeSpan? Offset);

/// <summary>Raised by scanner and parser only; an evaluation reports its failure as a value.</summary>
internal sealed class FormulaException : Exception
{
    public FormulaException(ExpressionError error) : base(error.Message) => Error = error;

    public ExpressionError Error { get; }

    public static FormulaException At(string source, int position, string message, string ru, string code = ExpressionCodes.Invalid) => new(ErrorAt(source, position, message, ru, code));

    public static ExpressionError ErrorAt(string source, int position, string message, string ru, string code = ExpressionCodes.Invalid)
    {
        var (line, column) = (1, 1);
        for (var i = 0; i < position && i < source.Length; i++)
        {
            if (source[i] == '\n') (line, column) = (line + 1, 1);
            else column++;
        }
        return new ExpressionError(code, message, line, column, ru);
    }
}
