using Automation.Engine.Expressions.Formulas;

namespace Automation.Engine.Expressions.Builder;

/// <summary>Whether two formulas mean the same part by part, however they are spelled.</summary>
internal static class FormulaLikeness
{
    public static bool AreAlike(FormulaNode a, FormulaNode b) => (a, b) switch
    {
        (FormulaNode.Constant x, FormulaNode.Constant y) => Equals(x.Value, y.Value),
        (FormulaNode.Date x, FormulaNode.Date y) => x.Value == y.Value,
        (FormulaNode.Path x, FormulaNode.Path y) => string.Equals(x.Text, y.Text, StringComparison.Ordinal),
        (FormulaNode.Not x, FormulaNode.Not y) => AreAlike(x.Operand, y.Operand),
        (FormulaNode.Negate x, FormulaNode.Negate y) => AreAlike(x.Operand, y.Operand),
        (FormulaNode.Both x, FormulaNode.Both y) => x.Type == y.Type && AreAlike(x.Left, y.Left) && AreAlike(x.Right, y.Right),
        (FormulaNode.Choice x, FormulaNode.Choice y) => AreAlike(x.Condition, y.Condition) && AreAlike(x.Yes, y.Yes) && AreAlike(x.No, y.No),
        (FormulaNode.Call x, FormulaNode.Call y) => x.Function == y.Function && x.Arguments.Length == y.Arguments.Length && x.Arguments.Zip(y.Arguments).All(pair => AreAlike(pair.First, pair.Second)),
        _ => false,
    };
}
