using System.Diagnostics;
using System.Text;
using Automation.Engine.Expressions;

namespace Automation.Expressions.Tests;

public sealed class HostileFormulaTests
{
    private static string Times(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    public static TheoryData<string, string> Formulas()
    {
        var hostile = new TheoryData<string, string>();
        foreach (var depth in new[] { 33, 100, 200, 900, 10_000, 1_000_000 })
        {
            hostile.Add($"parentheses {depth}", Times("(", depth) + "1" + Times(")", depth));
            hostile.Add($"open {depth}", Times("(", depth));
            hostile.Add($"not {depth}", Times("!", depth) + "true");
            hostile.Add($"minus {depth}", Times("-", depth) + "1");
            hostile.Add($"word not {depth}", Times("not ", depth) + "true");
            hostile.Add($"minus parentheses {depth}", Times("-(", depth) + "1" + Times(")", depth));
            hostile.Add($"ternaries {depth}", Times("true ? 1 : ", depth) + "2");
            hostile.Add($"ternaries nested {depth}", Times("true ? (", depth) + "2" + Times(") : 1", depth));
            hostile.Add($"functions {depth}", Times("abs(", depth) + "1" + Times(")", depth));
            hostile.Add($"closing {depth}", Times(")", depth));
            hostile.Add($"question marks {depth}", Times("?", depth));
        }
        foreach (var text in new[]
        {
            Times("1+", 249) + "1+", Times("1 ", 1_000), Times("'a'+", 2_000) + "'a'", Times("[", 500), Times("]", 500), Times("#", 501), Times("'", 501), Times(",", 500),
            "'" + new string('a', 5_000) + "'", "\ud800", "\u0000\u0001", "{}", "`x`", "@x", "1..2", "0x10", "1e1e1", "[]", "f(,)", "()", "if(,,)", "1 ? 2", "1 : 2", ":", "??", "a.b.", ". .", "\\", "'\\q'", "'\\u12'",
            "System.IO.File.Delete('x')", "1; 2", "x => x", "matches('" + new string('a', 50) + "!', '(a+)+$') + 1", "new Object()", "a[0]", "[a]][b]", "79228162514264337593543950336", "1e400", "in()", "round()", "#9999-99-99#",
        })
            hostile.Add(text.Length > 30 ? text[..30] : text, text);
        return hostile;
    }

    [Theory]
    [MemberData(nameof(Formulas), DisableDiscoveryEnumeration = true)]
    public async Task Formula_Hostile_EndsWithCode(string name, string formula)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await Evaluation.FormulaAsync(formula);
        Assert.True(result.Error is not null, name);
        Assert.StartsWith("expression_", result.Error.Code, StringComparison.Ordinal);
        Assert.Equal(result.Error.Code == "expression_failed" ? null : result.Error.Code, (await Evaluation.ValidateAsync(ExpressionTypes.NCalc, formula))?.Code);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
    }

    /// <summary>What is parsed is kept: a text of nothing but dots takes memory by its length, not by its length squared.</summary>
    [Theory]
    [InlineData(ExpressionTypes.NCalc, "deal", ".a", "", 900)]
    [InlineData(ExpressionTypes.Liquid, "{{ deal", ".a", " }}", 7_000)]
    public async Task Path_OfThousandsOfParts_TakesLittleMemory(string type, string start, string part, string end, int parts)
    {
        var text = start + Times(part, parts) + end;
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Evaluation.EvaluateAsync(type, text);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000 * text.Length);
    }

    [Fact]
    public void Formulas_Count_IsAtLeastSixty() => Assert.True(Formulas().Count >= 60);

    [Theory]
    [InlineData("(", "1", ")", 32)]
    [InlineData("abs(", "1", ")", 32)]
    [InlineData("-(", "1", ")", 16)]
    [InlineData("true ? (", "1", ") : 2", 16)]
    public async Task Nesting_WithinLimit_Evaluates(string open, string middle, string close, int depth) =>
        Assert.Null((await Evaluation.FormulaAsync(Times(open, depth) + middle + Times(close, depth))).Error);

    [Fact]
    public async Task LongChains_WithinLimit_Evaluate()
    {
        Assert.Equal("250", (await Evaluation.FormulaAsync(Times("1+", 249) + "1")).Value.Json());
        Assert.Equal("true", (await Evaluation.FormulaAsync(Times("true and ", 200) + "true")).Value.Json());
    }
}
