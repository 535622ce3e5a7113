using System.Globalization;
using Automation.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Automation.Expressions.Tests;

public sealed class FormulaPropertyTests
{
    private static string Text(decimal value) => value < 0 ? $"(-{Math.Abs(value).ToString(CultureInfo.InvariantCulture)})" : value.ToString(CultureInfo.InvariantCulture);

    private static decimal Scaled(int value, byte scale) => value / (decimal)Math.Pow(10, scale % 6);

    [Property(MaxTest = 2_000)]
    public bool Arithmetic_TwoDecimals_IsExact(int a, byte scaleA, int b, byte scaleB)
    {
        var (x, y) = (Scaled(a, scaleA), Scaled(b, scaleB));
        return (decimal)Evaluation.Formula($"{Text(x)} + {Text(y)}").Value == x + y
            && (decimal)Evaluation.Formula($"{Text(x)} - {Text(y)}").Value == x - y
            && (decimal)Evaluation.Formula($"{Text(x)} * {Text(y)}").Value == x * y
            && (y == 0 || (decimal)Evaluation.Formula($"{Text(x)} / {Text(y)}").Value == x / y);
    }

    [Property(MaxTest = 2_000)]
    public bool Order_TwoDecimals_IsTheOrderOfDecimals(int a, byte scaleA, int b, byte scaleB)
    {
        var (x, y) = (Scaled(a, scaleA), Scaled(b, scaleB));
        return (bool)Evaluation.Formula($"{Text(x)} < {Text(y)}").Value == x < y
            && (bool)Evaluation.Formula($"'{x.ToString(CultureInfo.InvariantCulture)}' >= {Text(y)}").Value == x >= y
            && (bool)Evaluation.Formula($"{Text(x)} = {Text(y)}").Value == (x == y);
    }

    [Property(MaxTest = 3_000)]
    public bool AnyText_AsFormula_EndsWithValueOrCode(string? text)
    {
        var result = Evaluation.Formula(text ?? "");
        return result.Error is null || result.Error.Code.StartsWith("expression_", StringComparison.Ordinal) || result.Error.Code == "value_missing";
    }

    [Property(MaxTest = 1_000)]
    public Property AnyTokens_AsFormula_EndWithValueOrCode()
    {
        string[] parts = ["(", ")", "1", "'a'", "[deal.price]", "deal.priority", "+", "-", "*", "/", "!", "not", "and", "or", "?", ":", ",", "<", "=", "if(", "abs(", "in(", "#2026-01-01#", "null", "true", "max(", "old("];
        var formulas = Gen.Elements(parts).ListOf().Select(p => string.Join(' ', p)).ToArbitrary();
        return Prop.ForAll(formulas, text => Evaluation.Formula(text) is not null);
    }

    [Property(MaxTest = 500)]
    public bool Text_QuotedAndEscaped_ComesBack(NonNull<string> text)
    {
        var quoted = "'" + text.Get.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
        return quoted.Length > 2_000 || (string?)Evaluation.Formula(quoted).Value == text.Get;
    }

    [Property(MaxTest = 1_000)]
    public Property Expression_RandomTree_EqualsDecimal()
    {
        var gen = Gen.Sized(size => Tree(Math.Min(size / 8, 5)));
        return Prop.ForAll(gen.ToArbitrary(), tree =>
        {
            var result = Evaluation.Formula(tree.Text);
            return tree.Value is { } value ? result.Error is null && (decimal)result.Value == value : result.Error?.Code == ExpressionCodes.Failed;
        });
    }

    private sealed record Term(string Text, decimal? Value);

    private static Gen<Term> Tree(int depth)
    {
        var leaf = Gen.Choose(-500, 500).Select(n => new Term(Text(n / 10m), n / 10m));
        if (depth == 0) return leaf;
        var both = from op in Gen.Elements('+', '-', '*', '/') from a in Tree(depth - 1) from b in Tree(depth - 1) select new Term($"({a.Text} {op} {b.Text})", Calculate(op, a.Value, b.Value));
        return Gen.OneOf(leaf, both, both);
    }

    private static decimal? Calculate(char op, decimal? a, decimal? b)
    {
        try
        {
            return op switch { '+' => a + b, '-' => a - b, '*' => a * b, _ => b == 0 ? null : a / b };
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
