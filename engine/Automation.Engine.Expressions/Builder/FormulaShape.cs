using Automation.Engine.Expressions.Formulas;

namespace Automation.Engine.Expressions.Builder;

/// <summary>How and, or, not and brackets divide a formula. What stands between them is a leaf.</summary>
/// <param name="Text">The part as written.</param>
internal abstract record FormulaShape(string Text)
{
    public sealed record Leaf(string Text) : FormulaShape(Text);
    public sealed record Not(string Text, FormulaShape Operand) : FormulaShape(Text);
    public sealed record Brackets(string Text, FormulaShape Inner) : FormulaShape(Text);
    public sealed record Chain(string Text, bool Or, IReadOnlyList<FormulaShape> Items) : FormulaShape(Text);

    /// <exception cref="FormulaException">The text is no formula.</exception>
    public static FormulaShape Of(string source)
    {
        FormulaParser.Parse(source);
        return new Divider(source, FormulaScanner.Scan(source)).Any(0, -1);
    }

    private sealed class Divider(string source, IReadOnlyList<Token> tokens)
    {
        /// <param name="to">Behind the last token; -1 for the end.</param>
        public FormulaShape Any(int from, int to)
        {
            if (to < 0) to = tokens.Count;
            if (Split(from, to, "?").Count > 1) return new Leaf(Text(from, to));
            return Chained(from, to, "or", (a, b) => Chained(a, b, "and", One));
        }

        private FormulaShape Chained(int from, int to, string by, Func<int, int, FormulaShape> next)
        {
            var parts = Split(from, to, by);
            return parts.Count == 1 ? next(from, to) : new Chain(Text(from, to), by == "or", [.. parts.Select(part => next(part.From, part.To))]);
        }

        private FormulaShape One(int from, int to)
        {
            if (IsOperator(from, "!") && IsWhole(from + 1, to)) return new Not(Text(from, to), One(from + 1, to));
            return tokens[from].Kind == TokenKind.Open && CloseOf(from) == to - 1 ? new Brackets(Text(from, to), Any(from + 1, to - 1)) : new Leaf(Text(from, to));
        }

        // "not" binds tighter than a comparison: it takes brackets, a call or a name.
        private bool IsWhole(int from, int to) => tokens[from].Kind switch
        {
            TokenKind.Open => CloseOf(from) == to - 1,
            TokenKind.Function => CloseOf(from + 1) == to - 1,
            _ => to - from == 1,
        };

        private List<(int From, int To)> Split(int from, int to, string by)
        {
            var (parts, start, depth) = (new List<(int, int)>(), from, 0);
            for (var i = from; i < to; i++)
            {
                if (tokens[i].Kind == TokenKind.Open) depth++;
                else if (tokens[i].Kind == TokenKind.Close) depth--;
                else if (depth == 0 && IsOperator(i, by))
                {
                    parts.Add((start, i));
                    start = i + 1;
                }
            }

            parts.Add((start, to));
            return parts;
        }

        private int CloseOf(int open)
        {
            for (var (i, depth) = (open, 0); i < tokens.Count; i++)
            {
                if (tokens[i].Kind == TokenKind.Open) depth++;
                else if (tokens[i].Kind == TokenKind.Close && --depth == 0) return i;
            }

            return -1;
        }

        private bool IsOperator(int at, string op) => at < tokens.Count && tokens[at].Kind == TokenKind.Operator && tokens[at].Text == op;

        private string Text(int from, int to) => source[tokens[from].Position..(to < tokens.Count ? tokens[to].Position : source.Length)].TrimEnd();
    }
}
