using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NCalc;
using NCalc.Domain;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>
/// Parses with NCalc. Literals and names are lifted out first and stand in its text as <c>[12]</c> and <c>f12</c>, the number of
/// their token: so numbers, dates and texts never pass through the parser's own conversions, which wrap and follow the culture.
/// </summary>
internal static partial class FormulaParser
{
    public static Formula Parse(string source)
    {
        var tokens = FormulaScanner.Scan(source);
        if (tokens.Count == 0) throw FormulaException.At(source, 0, "The formula is empty.", "Формула пустая.");
        CheckShape(source, tokens);
        var lifted = new StringBuilder();
        var starts = new List<int>(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            starts.Add(lifted.Length);
            lifted.Append(tokens[i].Kind switch
            {
                TokenKind.Literal or TokenKind.Date or TokenKind.Path => $"[{i}] ",
                TokenKind.Function => $"f{i} ",
                _ => tokens[i].Text + " ",
            });
        }
        var paths = new List<FormulaNode.Path>();
        var tree = Compile(source, lifted.ToString(), tokens, starts);
        return new Formula(source, new Converter(source, tokens, paths).Convert(tree), [.. paths]);
    }

    private static LogicalExpression Compile(string source, string lifted, IReadOnlyList<Token> tokens, List<int> starts)
    {
        try
        {
            return NCalc.Expression.Compile(lifted, nocache: true);
        }
        catch (Exception e) when (e is not FormulaException and not OutOfMemoryException)
        {
            var match = ErrorColumn().Match(e.Message);
            var column = match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1 : lifted.Length;
            var index = starts.FindLastIndex(start => start <= column);
            if (column >= lifted.Length - 1 || index < 0) throw FormulaException.At(source, source.Length, "The formula ends too early: a value or a ')' is missing.", "Формула обрывается: в конце не хватает значения или скобки «)».");
            throw FormulaException.At(source, tokens[index].Position, $"'{tokens[index].Written}' is not expected here.", $"«{tokens[index].Written}» здесь лишнее.");
        }
    }

    /// <summary>Finds the common slips itself, because the parser's messages name tokens that the writer never typed.</summary>
    private static void CheckShape(string source, IReadOnlyList<Token> tokens)
    {
        var open = new Stack<Token>();
        Token? previous = null;
        foreach (var token in tokens)
        {
            if (token.Kind == TokenKind.Open) open.Push(token);
            if (token.Kind == TokenKind.Close && !open.TryPop(out _)) throw FormulaException.At(source, token.Position, "This ')' has no '('.", "У скобки «)» нет пары «(».");
            if (IsOperand(previous) && (token.Kind is TokenKind.Literal or TokenKind.Date or TokenKind.Path or TokenKind.Function or TokenKind.Open))
                throw FormulaException.At(source, token.Position, $"An operator is missing before '{token.Text}'.", $"Перед «{token.Text}» не хватает знака, например «=» или «+», или слова «и», «или».");
            if (token is { Kind: TokenKind.Operator, Text: not ("!" or "-") } ? !IsOperand(previous) : token.Kind is TokenKind.Close or TokenKind.Comma && previous?.Kind == TokenKind.Operator)
                throw FormulaException.At(source, token.Position, $"A value is missing before '{token.Written}'.", $"Перед «{token.Written}» не хватает значения.");
            if (token.Kind == TokenKind.Operator && token.Text is "!" or "-" && previous is { Kind: TokenKind.Operator, Text: "!" or "-" } && !IsOperand(Before(tokens, previous)))
                throw FormulaException.At(source, token.Position, $"Two '{token.Written}' in a row: put the second part in parentheses.", $"«{previous.Written}» и «{token.Written}» стоят подряд: возьмите вторую часть в скобки.");
            previous = token;
        }
        if (open.TryPop(out var unclosed)) throw FormulaException.At(source, unclosed.Position, "This '(' is never closed.", "Скобка «(» не закрыта.");
    }

    private static Token? Before(IReadOnlyList<Token> tokens, Token token)
    {
        for (var i = 1; i < tokens.Count; i++)
            if (ReferenceEquals(tokens[i], token)) return tokens[i - 1];
        return null;
    }

    private static bool IsOperand(Token? token) => token?.Kind is TokenKind.Literal or TokenKind.Date or TokenKind.Path or TokenKind.Close;

    [GeneratedRegex(@"at line \d+:(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorColumn();

    private sealed class Converter(string source, IReadOnlyList<Token> tokens, List<FormulaNode.Path> paths)
    {
        public FormulaNode Convert(LogicalExpression node) => node switch
        {
            Identifier name => Leaf(int.Parse(name.Name, CultureInfo.InvariantCulture)),
            UnaryExpression unary => Unary(unary),
            BinaryExpression both => Both(both),
            TernaryExpression choice => Choice(choice),
            NCalc.Domain.Function call => Call(call),
            _ => throw FormulaException.At(source, 0, "This part is not supported in formulas.", "Так в формуле писать нельзя."),
        };

        private FormulaNode Leaf(int index)
        {
            var token = tokens[index];
            if (token.Kind == TokenKind.Literal) return new FormulaNode.Constant(token.Text, token.Position, token.Value);
            if (token.Kind == TokenKind.Date) return new FormulaNode.Date(token.Text, token.Position, (DateLiteral)token.Value!);
            return Path(token.Text, token.Position);
        }

        private FormulaNode.Path Path(string text, int position, bool named = false)
        {
            var path = new FormulaNode.Path(text, position, paths.Count, named);
            paths.Add(path);
            return path;
        }

        private FormulaNode Unary(UnaryExpression unary)
        {
            var operand = Convert(unary.Expression);
            return unary.Type == UnaryExpressionType.Not
                ? new FormulaNode.Not(Cut("not " + Inner(operand)), operand.Position, operand)
                : new FormulaNode.Negate(Cut("-" + Inner(operand)), operand.Position, operand);
        }

        private FormulaNode.Both Both(BinaryExpression both)
        {
            var (left, right) = (Convert(both.LeftExpression), Convert(both.RightExpression));
            return new FormulaNode.Both(Cut($"{Inner(left)} {Symbol(both.Type)} {Inner(right)}"), left.Position, both.Type, left, right);
        }

        private FormulaNode.Choice Choice(TernaryExpression choice)
        {
            var (condition, yes, no) = (Convert(choice.LeftExpression), Convert(choice.MiddleExpression), Convert(choice.RightExpression));
            return new FormulaNode.Choice(Cut($"{Inner(condition)} ? {Inner(yes)} : {Inner(no)}"), condition.Position, condition, yes, no);
        }

        private FormulaNode.Call Call(NCalc.Domain.Function call)
        {
            var token = tokens[int.Parse(call.Identifier.Name.AsSpan(1), CultureInfo.InvariantCulture)];
            var arguments = Array.ConvertAll(call.Expressions, Convert);
            if (!FormulaFunctions.ByName.TryGetValue(token.Text, out var function))
            {
                var nearest = ValuePath.Nearest(token.Text, FormulaFunctions.ByName.Keys);
                throw FormulaException.At(source, token.Position, $"There is no function '{token.Text}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}", $"Функции «{token.Text}» нет.{(nearest is null ? "" : $" Может быть, «{nearest}»?")}");
            }
            if (arguments.Length < function.Min || arguments.Length > function.Max)
                throw FormulaException.At(source, token.Position, $"'{token.Text}' takes {function.Arity} values, not {arguments.Length}.", $"Значений в скобках после «{token.Text}» должно быть {function.ArityRu}, а не {arguments.Length}.");
            if (function.ReadsRoot is { } root) Path(root, token.Position);
            if (function.ReadsNamed && arguments[0] is FormulaNode.Constant { Value: string name }) Path(name, token.Position, named: true);
            return new FormulaNode.Call(Cut($"{token.Text}({string.Join(", ", arguments.Select(a => a.Text))})"), token.Position, function, arguments);
        }

        private static string Inner(FormulaNode node) => node is FormulaNode.Both or FormulaNode.Choice ? $"({node.Text})" : node.Text;

        private static string Cut(string text) => text.Length > SeenValues.MaxText ? text[..(SeenValues.MaxText - 1)] + "…" : text;

        private static string Symbol(BinaryExpressionType type) => type switch
        {
            BinaryExpressionType.And => "and",
            BinaryExpressionType.Or => "or",
            BinaryExpressionType.NotEqual => "!=",
            BinaryExpressionType.LesserOrEqual => "<=",
            BinaryExpressionType.GreaterOrEqual => ">=",
            BinaryExpressionType.Lesser => "<",
            BinaryExpressionType.Greater => ">",
            BinaryExpressionType.Equal => "=",
            BinaryExpressionType.Minus => "-",
            BinaryExpressionType.Plus => "+",
            BinaryExpressionType.Modulo => "%",
            BinaryExpressionType.Div => "/",
            _ => "*",
        };
    }
}
