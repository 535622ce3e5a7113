using System.Globalization;
using System.Text;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>Cuts a formula into tokens and holds the limits of S3 before the parser, which recurses without a guard, sees it.</summary>
internal sealed class FormulaScanner(string source)
{
    public const int MaxLength = 2_000;
    public const int MaxTokens = 500;
    public const int MaxNesting = 32;

    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["and"] = "and",
        ["or"] = "or",
        ["not"] = "!",
        ["и"] = "and",
        ["или"] = "or",
        ["не"] = "!",
    };

    private static readonly Dictionary<string, object?> Constants = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true,
        ["false"] = false,
        ["null"] = null,
        ["истина"] = true,
        ["ложь"] = false,
    };

    private static readonly string[] Operators = ["==", "!=", "<>", "<=", ">=", "&&", "||", "=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":"];
    private readonly List<Token> _tokens = [];
    private int _position;

    public static IReadOnlyList<Token> Scan(string source)
    {
        if (source.Length > MaxLength)
            throw FormulaException.At(source, 0, $"The formula has {source.Length} characters; at most {MaxLength} are allowed.", $"Формула длиннее {MaxLength} знаков.", ExpressionCodes.TooComplex);
        var scanner = new FormulaScanner(source);
        scanner.Run();
        scanner.CheckNesting();
        return scanner._tokens;
    }

    private void Run()
    {
        while (true)
        {
            while (_position < source.Length && char.IsWhiteSpace(source[_position])) _position++;
            if (_position >= source.Length) return;
            _tokens.Add(Next());
            if (_tokens.Count > MaxTokens)
                throw FormulaException.At(source, _position, $"The formula has more than {MaxTokens} parts.", $"В формуле больше {MaxTokens} частей.", ExpressionCodes.TooComplex);
        }
    }

    private Token Next()
    {
        var c = source[_position];
        if (c == '(') return One(TokenKind.Open);
        if (c == ')') return One(TokenKind.Close);
        if (c == ',') return One(TokenKind.Comma);
        if (c is '\'' or '"') return Text(c);
        if (c == '[') return Bracketed();
        if (c == '#') return Date();
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(1)))) return Number();
        if (char.IsLetter(c) || c is '_' or '$') return Word();
        if (c is '<' or '>' && At(1) == c) throw Wrong(_position, $"'{c}{c}' is not supported in formulas.", $"«{c}{c}» в формуле писать нельзя.");
        foreach (var op in Operators)
            if (string.CompareOrdinal(source, _position, op, 0, op.Length) == 0) return Operator(op);
        if (c is '&' or '|' or '^' or '~') throw Wrong(_position, $"'{c}' is not supported in formulas; use and, or, not.", $"«{c}» в формуле писать нельзя: есть слова «и», «или», «не».");
        var shown = Shown();
        throw Wrong(_position, $"Unexpected character '{shown ?? $"U+{(int)c:X4}"}'.", shown is null ? "Невидимый знак: сотрите его." : $"Знак «{shown}» здесь не подходит.");
    }

    // Null for what has no look of its own: control characters, half a pair.
    private string? Shown() => Rune.TryGetRuneAt(source, _position, out var rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned) ? rune.ToString() : null;

    private Token Operator(string op)
    {
        var start = _position;
        _position += op.Length;
        return new Token(TokenKind.Operator, op switch { "==" => "=", "<>" => "!=", "&&" => "and", "||" => "or", _ => op }, start) { Written = op };
    }

    private Token One(TokenKind kind) => new(kind, source[_position].ToString(), _position++);

    private Token Bracketed()
    {
        var start = _position;
        var end = source.IndexOf(']', start);
        if (end < 0) throw Wrong(start, "'[' is never closed; a ']' is missing.", "Скобка «[» не закрыта: не хватает «]».");
        var name = source[(start + 1)..end].Trim();
        if (name.Length == 0) throw Wrong(start, "There is no name between '[' and ']'.", "Между «[» и «]» нет имени.");
        _position = end + 1;
        return new Token(TokenKind.Path, name, start);
    }

    private Token Word()
    {
        var start = _position;
        while (_position < source.Length && (IsWord(source[_position]) || (source[_position] == '.' && IsWord(At(1))))) _position++;
        var word = source[start.._position];
        if (Words.TryGetValue(word, out var op)) return new Token(TokenKind.Operator, op, start) { Written = word };
        var next = _position;
        while (next < source.Length && char.IsWhiteSpace(source[next])) next++;
        if (next < source.Length && source[next] == '(') return new Token(TokenKind.Function, word, start);
        return Constants.TryGetValue(word, out var constant) ? new Token(TokenKind.Literal, word, start, constant) : new Token(TokenKind.Path, word, start);
    }

    private Token Number()
    {
        var start = _position;
        Digits();
        if (At(0) == '.' && char.IsAsciiDigit(At(1)))
        {
            _position++;
            Digits();
        }
        if (At(0) is 'e' or 'E' && (char.IsAsciiDigit(At(1)) || (At(1) is '+' or '-' && char.IsAsciiDigit(At(2)))))
        {
            _position += 2;
            Digits();
        }
        var text = source[start.._position];
        if (IsWord(At(0)) || At(0) == '.') throw Wrong(start, $"'{text}{At(0)}' is not a number; a name that begins with a digit needs brackets.", $"«{text}{At(0)}» — не число. Имя, которое начинается с цифры, пишется в скобках «[» и «]».");
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? new Token(TokenKind.Literal, text, start, value)
            : throw Wrong(start, $"The number {text} is too large.", $"Число «{text}» слишком большое.");
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(At(0))) _position++;
    }

    private Token Text(char quote)
    {
        var start = _position++;
        var text = new StringBuilder();
        while (true)
        {
            if (_position >= source.Length) throw Wrong(start, $"The text is never closed; a {quote} is missing.", $"Текст не закрыт: не хватает кавычки {quote}.");
            var c = source[_position++];
            if (c == quote) return new Token(TokenKind.Literal, source[start.._position], start, text.ToString());
            text.Append(c == '\\' ? Escaped() : c);
        }
    }

    private char Escaped()
    {
        var at = _position - 1;
        var c = At(0);
        _position++;
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case '\\' or '\'' or '"': return c;
            case 'u' when _position + 4 <= source.Length && ushort.TryParse(source.AsSpan(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _position += 4;
                return (char)code;
            default: throw Wrong(at, "Unknown escape; write \\\\ for a backslash.", "После «\\» здесь стоит не то. Сама черта «\\» пишется дважды.");
        }
    }

    private Token Date()
    {
        var start = _position;
        var end = source.IndexOf('#', start + 1);
        if (end < 0) throw Wrong(start, "The date is never closed; a '#' is missing.", "Дата не закрыта: не хватает «#».");
        var text = source[(start + 1)..end];
        _position = end + 1;
        return IsoDate.Parse(text) is { } date
            ? new Token(TokenKind.Date, source[start.._position], start, date)
            : throw Wrong(start, $"'{text}' is not a date; write #2026-11-22# or #2026-11-22T10:00:00#.", $"«{text}» — не дата. Дата пишется «#2026-11-22#», а со временем — «#2026-11-22T10:00:00#».");
    }

    private void CheckNesting()
    {
        var ternaries = new Stack<int>([0]);
        var (open, unary, operand) = (0, 0, false);
        foreach (var token in _tokens)
        {
            switch (token.Kind)
            {
                case TokenKind.Open: ternaries.Push(0); break;
                case TokenKind.Close when ternaries.Count > 1: open -= ternaries.Pop(); break;
                case TokenKind.Comma: open -= ternaries.Pop(); ternaries.Push(0); break;
                case TokenKind.Operator when token.Text == "?": ternaries.Push(ternaries.Pop() + 1); open++; break;
                default: break;
            }
            var prefix = token.Kind == TokenKind.Operator && !operand;
            unary = prefix ? unary + 1 : token.Kind == TokenKind.Open ? unary : 0;
            operand = token.Kind is TokenKind.Literal or TokenKind.Date or TokenKind.Path or TokenKind.Close;
            if (ternaries.Count - 1 + open + unary > MaxNesting)
                throw FormulaException.At(source, token.Position, $"The formula is nested deeper than {MaxNesting} levels.", $"Части формулы стоят одна внутри другой больше {MaxNesting} раз.", ExpressionCodes.TooComplex);
        }
    }

    private char At(int ahead) => _position + ahead < source.Length ? source[_position + ahead] : '\0';

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private FormulaException Wrong(int position, string message, string ru) => FormulaException.At(source, position, message, ru);
}
