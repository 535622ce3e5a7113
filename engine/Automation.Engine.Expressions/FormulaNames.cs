using Automation.Engine.Expressions.Formulas;

namespace Automation.Engine.Expressions;

/// <summary>Names in a formula as its writer put them.</summary>
public static class FormulaNames
{
    /// <summary>A formula with every <paramref name="path"/> in it as <c>[other]</c>; texts and functions of that name stay.</summary>
    /// <param name="formula">It parses: the path comes from its validation.</param>
    public static string Replace(string formula, string path, string other)
    {
        // From the end: what is put in moves nothing that is still looked at.
        foreach (var token in FormulaScanner.Scan(formula).Reverse().Where(token => token.Kind == TokenKind.Path && token.Text == path))
        {
            var end = formula[token.Position] == '[' ? formula.IndexOf(']', token.Position) + 1 : token.Position + path.Length;
            formula = $"{formula[..token.Position]}[{other}]{formula[end..]}";
        }

        return formula;
    }
}
