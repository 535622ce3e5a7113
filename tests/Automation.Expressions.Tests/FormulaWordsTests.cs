using System.Text.RegularExpressions;
using Automation.Engine.Expressions;

namespace Automation.Expressions.Tests;

/// <summary>What a formula's mistakes are called in Russian and English.</summary>
public sealed partial class FormulaWordsTests
{
    public static TheoryData<string> Broken()
    {
        var broken = new TheoryData<string>();
        foreach (var row in HostileFormulaTests.Formulas()) broken.Add(row.Data.Item2);
        foreach (var text in new[]
        {
            "", "1 +", "(1", "1)", "a b", "1 'x'", "> 5", "(1 + )", "if(1 +, 2, 3)", "1 + * 2", "не не истина", "1 и и 2", "--1", "'open", "\"open", "[open", "[ ]", "#2026-11-22", "#22.11.2026#", "1 & 2", "1 << 2", "@", "😀", "\u200b", "1abc",
            "1e99", "99999999999999999999999999999999", "'\\q'", "nosuch(1)", "contain('a', 'b')", "абс(1)", "abs()", "round(1, 2, 3)", "in(1)", "[Город] = 'Казань'", "[deel.price] > 1", "1 / 0", "79228162514264337593543950335 + 1", "'abc' > 5", "deal.closed = 1",
            "deal.tags = 'vip'", "now() + 1", "deal.name + 1", "deal.name and true", "не 5", "-deal.name", "adddays(now(), 99999999)", "date(2026, 2, 30)", "date(2026, 2)", "matches('a', '(')", "matches('a', 5)", "matches(deal.tags, 'a')", "round(1, 99)",
            "number('12,5')", "number(deal.priority)", "deal.priority > 5", "не deal.priority", "[deal.Нет такого] + 1", "year(deal.priority)", "year('x')", "year(deal.tags)", "len(deal)", "contains(deal, 'x')", "upper(deal)", "min(1, deal.priority)", "max(true, 1)", "max(1, now())",
            "min(deal.empty)", "count(5)", "sum('x')", "sum(deal.tags)", "any(1)", "changed(1)", "old(1)", "was(1)",
        })
            broken.Add(text);
        return broken;
    }

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task Mistake_OfAFormula_HasWordsInBothLanguages(string formula)
    {
        var error = (await Evaluation.FormulaAsync(formula)).Error;

        Assert.NotNull(error);
        Assert.Matches(Cyrillic(), error.Ru);
        // Names of the formula, and what it suggests, stand in quotes.
        Assert.DoesNotMatch(Latin(), Quoted().Replace(error.Ru!, ""));
        Assert.Equal((error.Message, error.Ru), (error.In(english: true), error.In(english: false)));
    }

    [Theory]
    [InlineData("([deal.price] > )", "Перед «)» не хватает значения.")]
    [InlineData("1 и и 2", "Перед «и» не хватает значения.")]
    [InlineData("> 5", "Перед «>» не хватает значения.")]
    [InlineData("(1", "Скобка «(» не закрыта.")]
    [InlineData("1 +", "Формула обрывается: в конце не хватает значения или скобки «)».")]
    [InlineData("[Город] = 'Казань'", "Имя «Город» здесь не известно.")]
    [InlineData("[deal.Город] = Казань", "Имя «Казань» здесь не известно. Текст пишется в кавычках: «'Казань'».")]
    [InlineData("[deel.price] > 1", "Имя «deel» здесь не известно. Может быть, «deal»?")]
    [InlineData("xyz(1)", "Функции «xyz» нет.")]
    [InlineData("содержыт(deal.name, 'а')", "Функции «содержыт» нет. Может быть, «содержит»?")]
    [InlineData("contains('a')", "Значений в скобках после «contains» должно быть 2, а не 1.")]
    [InlineData("deal.priority > 5", "«deal.priority» не заполнено.")]
    [InlineData("deal.name > 5", "«deal.name > 5» не сравнить: слева текст, справа число.")]
    [InlineData("now() + 1", "«now() + 1» не вычислить: слева дата, справа число. Для дат есть «adddays», «addhours» и «daysbetween».")]
    [InlineData("1 / 0", "«1 / 0»: на ноль делить нельзя.")]
    public void Mistake_InRussian_SaysWhatToMend(string formula, string words) => Assert.Equal(words, Evaluation.Formula(formula).Error?.Ru);

    [Fact]
    public void Mistake_AtAWordThatWasTyped_QuotesIt() => Assert.Equal("A value is missing before 'и'.", Evaluation.Formula("1 и и 2").Error?.Message);

    [Theory]
    [InlineData("[Город] == 'Казань'")]
    [InlineData("1 = 1 or deels.price > 1")]
    [InlineData("hastag('x') and Город = 1")]
    [InlineData("1 +")]
    [InlineData("deal.price > 1 and [deal.Город] = 'Казань' and LIMIT > 1")]
    [InlineData("old('Бюджет') > 1 and old('nowhere.size') = 2 and changed('Город')")]
    public async Task Check_WithTheRoots_SaysWhatEvaluationSays(string formula)
    {
        var scope = TestScope.Deal();
        var error = await Evaluation.ValidateAsync(ExpressionTypes.NCalc, formula, scope.Roots);
        var result = (await Evaluation.FormulaAsync(formula, scope)).Error;

        Assert.Equal(result?.Code == ExpressionCodes.Invalid ? result : null, error);
    }

    [Fact]
    public async Task Check_WithoutRoots_LooksAtNoNames() => Assert.Null(await Evaluation.ValidateAsync(ExpressionTypes.NCalc, "[Город] = 'Казань'"));

    /// <summary>A function that looks at a root of its own needs it, too.</summary>
    [Fact]
    public async Task Check_FunctionWithoutItsRoot_IsTold() => Assert.Equal("event", (await Evaluation.ValidateAsync(ExpressionTypes.NCalc, "changed('x')", ["deal"]))?.UnknownPath);

    [Theory]
    [InlineData("[Город] = 'Казань' или [ Город ] = 'Город'", "[deal.Город] = 'Казань' или [deal.Город] = 'Город'")]
    [InlineData("Город = 'a' and Городок = 1 and Город(1)", "[deal.Город] = 'a' and Городок = 1 and Город(1)")]
    [InlineData("old('Город') = [deal.Город]", "old('Город') = [deal.Город]")]
    public void Name_Replaced_LeavesTextsAndOthers(string formula, string mended) => Assert.Equal(mended, FormulaNames.Replace(formula, "Город", "deal.Город"));

    [Theory]
    [InlineData("{{ deal.nothing | required }}", "Не заполнено обязательное значение «deal.nothing».")]
    [InlineData("{% for i in (1..9000) %}xxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}", "Текст получился длиннее 65536 знаков.")]
    public async Task Mistake_OfAText_HasRussianWords(string template, string words) => Assert.Equal(words, (await Evaluation.TextAsync(template)).Error?.Ru);

    /// <summary>What the library says of a template stays as it is.</summary>
    [Fact]
    public async Task Mistake_ThatALibraryWords_StaysItsOwn()
    {
        var error = (await Evaluation.TextAsync("{% if %}")).Error!;
        Assert.Equal((null, error.Message), (error.Ru, error.In(english: false)));
    }

    [GeneratedRegex("[а-яё]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Cyrillic();

    [GeneratedRegex("[a-z]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Latin();

    [GeneratedRegex("«[^»]*»", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
