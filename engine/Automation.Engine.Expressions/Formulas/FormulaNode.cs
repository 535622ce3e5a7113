using NCalc.Domain;

namespace Automation.Engine.Expressions.Formulas;

/// <param name="Text">The node as a formula text, cut at 200 characters: the name under which its value is shown.</param>
/// <param name="Position">Where it begins in the source.</param>
internal abstract record FormulaNode(string Text, int Position)
{
    public sealed record Constant(string Text, int Position, object? Value) : FormulaNode(Text, Position);
    public sealed record Date(string Text, int Position, DateLiteral Value) : FormulaNode(Text, Position);
    /// <param name="Index">Its place among the formula's paths.</param>
    /// <param name="Named">By a text: it need not begin with a root that exists.</param>
    public sealed record Path(string Text, int Position, int Index, bool Named = false) : FormulaNode(Text, Position)
    {
        public (string Root, string Tail)[] Splits { get; } = ValuePath.Splits(Text);
    }

    public sealed record Not(string Text, int Position, FormulaNode Operand) : FormulaNode(Text, Position);
    public sealed record Negate(string Text, int Position, FormulaNode Operand) : FormulaNode(Text, Position);
    public sealed record Both(string Text, int Position, BinaryExpressionType Type, FormulaNode Left, FormulaNode Right) : FormulaNode(Text, Position);
    public sealed record Choice(string Text, int Position, FormulaNode Condition, FormulaNode Yes, FormulaNode No) : FormulaNode(Text, Position);
    public sealed record Call(string Text, int Position, FormulaFunction Function, FormulaNode[] Arguments) : FormulaNode(Text, Position);
}

/// <summary>A parsed formula; immutable, shared by all evaluations of the same text. <c>Paths</c>: everything an evaluation may read.</summary>
internal sealed record Formula(string Source, FormulaNode Root, FormulaNode.Path[] Paths);
