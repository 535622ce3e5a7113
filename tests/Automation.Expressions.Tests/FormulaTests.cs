using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Expressions.Tests;

public sealed class FormulaTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("0.1 + 0.2 = 0.3", "true")]
    [InlineData("10 / 4", "2.5")]
    [InlineData("10 % 4", "2")]
    [InlineData("-(-5)", "5")]
    [InlineData("1e3", "1000")]
    [InlineData(".5 + .5", "1")]
    [InlineData("3000000000 + 1", "3000000001")]
    [InlineData("9999999999999999999999", "9999999999999999999999.0")]
    [InlineData("1.10", "1.1")]
    [InlineData("2 > 1 and not (1 > 2)", "true")]
    [InlineData("2 > 1 && 1 > 2 || true", "true")]
    [InlineData("true ? 'a' : 'b'", "\"a\"")]
    [InlineData("'a' + 'b'", "\"ab\"")]
    [InlineData("'it''s' = 1", null)]
    [InlineData("\"x\" = 'x'", "true")]
    [InlineData("'a\\u0416'", "\"aЖ\"")]
    [InlineData("null = null", "true")]
    [InlineData("1 <> 2", "true")]
    [InlineData("[deal.price] > 1000", "true")]
    [InlineData("deal.price > 1000", "true")]
    [InlineData("[deal.Бюджет]", "12500.5")]
    [InlineData("[deal.Сумма руб.] + 1", "1501")]
    [InlineData("[deal.Город] = 'Казань'", "true")]
    [InlineData("[deal.cf.991201] > 1000", "true")]
    [InlineData("deal.cf.991201 = 1500", "true")]
    [InlineData("[deal.nothing]", "null")]
    [InlineData("[deal.nothing] = null", "true")]
    [InlineData("[contact.name]", "null")]
    [InlineData("deal.tags.1.name", "\"Опт\"")]
    [InlineData("limit * 2", "20")]
    [InlineData("if(deal.price > 1000, 'big', 1 / 0)", "\"big\"")]
    [InlineData("если(пусто(deal.priority), 'нет', 'да')", "\"нет\"")]
    [InlineData("in(deal.name, 'Другое', 'Заказ')", "true")]
    [InlineData("in(5, 'x', 5)", "true")]
    [InlineData("in('vip', deal.tags)", "true")]
    [InlineData("isnull(deal.priority) and empty('')", "true")]
    [InlineData("coalesce(deal.priority, '', 'z', 1 / 0)", "\"z\"")]
    [InlineData("contains(deal.name, 'каз') or contains(lower(deal.name), 'каз')", "true")]
    [InlineData("contains(deal.priority, 'x')", "false")]
    [InlineData("StartsWith('abc', 'ab') and endswith('abc', 'bc')", "true")]
    [InlineData("upper(trim('  ж '))", "\"Ж\"")]
    [InlineData("len('абв') + len(deal.tags) + len(null)", "5")]
    [InlineData("same('МОСКВА', 'москва')", "true")]
    [InlineData("'МОСКВА' = 'москва'", "false")]
    [InlineData("abs(-2.5) + floor(1.9) + ceiling(1.1)", "5.5")]
    [InlineData("round(2.5) + round(1.005, 2)", "4.01")]
    [InlineData("min(3, '2', 5) + max(1, 7)", "9")]
    [InlineData("matches('+7 916 000', '^\\\\+7')", "true")]
    [InlineData("number('12.5') * 2", "25")]
    [InlineData("text(12.50)", "\"12.5\"")]
    [InlineData("count(deal.tags) + count(deal.empty) + count(null)", "2")]
    [InlineData("sum(deal.items, 'sum')", "12.5")]
    [InlineData("any(deal.tags) and not any(deal.empty) and any(deal.tags, 'vip')", "true")]
    [InlineData("hastag('VIP') and hastag('опт')", "true")]
    [InlineData("hastag('none')", "false")]
    [InlineData("changed('deal.price') and changed('price')", "true")]
    [InlineData("changed('deal.name')", "false")]
    [InlineData("changed('deal.tags')", "false")]
    [InlineData("old('deal.price')", "100")]
    [InlineData("old('deal.due')", "\"2026-11-25\"")]
    [InlineData("old('nowhere.size')", "null")]
    [InlineData("'10' < '9'", "false")]
    [InlineData("'a' < 'b'", "true")]
    public void Formula_Known_Value(string formula, string? json)
    {
        var result = Evaluation.Formula(formula);
        if (json is null) Assert.NotNull(result.Error);
        else Assert.Equal((null, json), (result.Error?.Message, result.Value.Json()));
    }

    [Theory]
    [InlineData("now()", "\"2026-11-22T20:00:00+03:00\"")]
    [InlineData("сейчас() = #2026-11-22T20:00:00#", "true")]
    [InlineData("today() = #2026-11-22#", "true")]
    [InlineData("#2026-11-22# = '2026-11-21T21:00:00Z'", "true")]
    [InlineData("deal.created < now()", "true")]
    [InlineData("date(deal.created)", "\"2026-11-20T00:00:00+03:00\"")]
    [InlineData("date(2026, 2, 28)", "\"2026-02-28T00:00:00+03:00\"")]
    [InlineData("adddays(deal.due, 2)", "\"2026-11-27T00:00:00+03:00\"")]
    [InlineData("addhours(#2026-11-22#, 1.5)", "\"2026-11-22T01:30:00+03:00\"")]
    [InlineData("addminutes(#2026-11-22#, -1)", "\"2026-11-21T23:59:00+03:00\"")]
    [InlineData("daysbetween(now(), deal.due)", "3")]
    [InlineData("hoursbetween(#2026-11-22#, now())", "20")]
    [InlineData("year(now()) * 10000 + month(now()) * 100 + day(now())", "20261122")]
    [InlineData("weekday(now())", "7")]
    [InlineData("weekday(#2026-11-23#)", "1")]
    [InlineData("hour(deal.created)", "9")]
    [InlineData("max(#2026-11-22#, deal.due) = #2026-11-25#", "true")]
    public void Dates_AccountZone_Value(string formula, string json)
    {
        var result = Evaluation.Formula(formula);
        Assert.Equal((null, json), (result.Error?.Message, result.Value.Json()));
    }

    [Fact]
    public void AddDays_OverClockChange_KeepsWallClock()
    {
        var scope = new TestScope("{}") { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        Assert.Equal("\"2026-03-29T10:00:00+02:00\"", Evaluation.Formula("adddays(#2026-03-28T10:00:00#, 1)", scope).Value.Json());
        Assert.Equal("\"2026-03-29T11:00:00+02:00\"", Evaluation.Formula("addhours(#2026-03-28T10:00:00#, 24)", scope).Value.Json());
        Assert.Equal("\"2026-03-29T03:30:00+02:00\"", Evaluation.Formula("adddays(#2026-03-28T02:30:00#, 1)", scope).Value.Json());
    }

    [Theory]
    [InlineData("1 / 0", "expression_failed")]
    [InlineData("5 % (1 - 1)", "expression_failed")]
    [InlineData("79228162514264337593543950335 + 1", "expression_failed")]
    [InlineData("'abc' > 5", "expression_failed")]
    [InlineData("deal.closed = 1", "expression_failed")]
    [InlineData("deal.cf.991202 > 5", "expression_failed")]
    [InlineData("deal.tags = 'vip'", "expression_failed")]
    [InlineData("now() + 1", "expression_failed")]
    [InlineData("deal.name and true", "expression_failed")]
    [InlineData("not 5", "expression_failed")]
    [InlineData("adddays(now(), 99999999)", "expression_failed")]
    [InlineData("matches('a', '(?=a)')", "expression_failed")]
    [InlineData("matches('a', '(')", "expression_failed")]
    [InlineData("round(1, 99)", "expression_failed")]
    [InlineData("number('12,5')", "expression_failed")]
    [InlineData("number('NaN')", "expression_failed")]
    [InlineData("deal.priority > 5", "value_missing")]
    [InlineData("5 <= deal.priority", "value_missing")]
    [InlineData("deal.priority + 1", "value_missing")]
    [InlineData("deal.priority and true", "value_missing")]
    [InlineData("not deal.priority", "value_missing")]
    [InlineData("-deal.priority", "value_missing")]
    [InlineData("round(deal.priority)", "value_missing")]
    [InlineData("year(deal.priority)", "value_missing")]
    [InlineData("contact.age > 3", "value_missing")]
    [InlineData("deals.price > 1", "expression_invalid")]
    [InlineData("", "expression_invalid")]
    [InlineData("1 +", "expression_invalid")]
    [InlineData("(1", "expression_invalid")]
    [InlineData("1)", "expression_invalid")]
    [InlineData("a b", "expression_invalid")]
    [InlineData("'open", "expression_invalid")]
    [InlineData("[open", "expression_invalid")]
    [InlineData("#2026-11-22", "expression_invalid")]
    [InlineData("#22.11.2026#", "expression_invalid")]
    [InlineData("#2026-02-30#", "expression_invalid")]
    [InlineData("1 & 2", "expression_invalid")]
    [InlineData("1 << 2", "expression_invalid")]
    [InlineData("nosuch(1)", "expression_invalid")]
    [InlineData("abs()", "expression_invalid")]
    [InlineData("1.2.3", "expression_invalid")]
    [InlineData("99999999999999999999999999999999", "expression_invalid")]
    [InlineData("1e99", "expression_invalid")]
    [InlineData("!!true", "expression_invalid")]
    [InlineData("--1", "expression_invalid")]
    [InlineData("\0", "expression_invalid")]
    [InlineData("Sin(1)", "expression_invalid")]
    public void Formula_Wrong_Code(string formula, string code)
    {
        var result = Evaluation.Formula(formula);
        Assert.Equal(code, result.Error?.Code);
        Assert.Equal(JTokenType.Null, result.Value.Type);
    }

    [Fact]
    public void UnknownRoot_Near_IsSuggestedWithPosition()
    {
        var error = Evaluation.Formula("1 = 1 and\n [deel.price] > 1").Error!;
        Assert.Equal((2, 2), (error.Line, error.Column));
        Assert.Contains("'deal'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownFunction_Near_IsSuggested() =>
        Assert.Contains("'contains'", Evaluation.Formula("contain('a', 'b')").Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void And_FalseFirst_SkipsTheRest() => Assert.Equal("false", Evaluation.Formula("1 = 2 and 1 / 0 > 1").Value.Json());

    [Fact]
    public void Or_TrueFirst_SkipsTheRest() => Assert.Equal("true", Evaluation.Formula("1 = 1 or deal.priority > 1").Value.Json());

    [Fact]
    public void Seen_PathsAndComparisons_AreKept()
    {
        var seen = Evaluation.Formula("deal.price > 1000 and [deal.Город] = 'Пермь' and limit > 1").Seen;
        Assert.Equal(["deal.price=12500.5", "deal.price > 1000=true", "deal.Город=\"Казань\"", "deal.Город = 'Пермь'=false"], seen.Select(s => $"{s.Path}={s.Value.Json()}"));
    }

    [Fact]
    public void Seen_Many_IsCapped()
    {
        var formula = string.Join(" and ", Enumerable.Range(0, 80).Select(i => $"limit != {i + 100}"));
        Assert.Equal(50, Evaluation.Formula(formula).Seen.Count);
    }

    [Fact]
    public async Task Roots_Named_AreReadOnceAndOthersNever()
    {
        var scope = TestScope.Deal();
        await Evaluation.FormulaAsync("deal.price > 1 and deal.name != 'x' and limit > 1", scope);
        Assert.Equal(new Dictionary<string, int> { ["deal"] = 1, ["limit"] = 1 }, scope.Reads);
    }

    [Theory]
    [InlineData("ru-RU")]
    [InlineData("tr-TR")]
    public void Culture_OfTheThread_ChangesNothing(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal("2.5", Evaluation.Formula("1.25 * 2").Value.Json());
            Assert.Equal("true", Evaluation.Formula("IF(ISNULL(null), upper('i') = 'I' and lower('I') = 'i', false)").Value.Json());
            Assert.Equal("\"1.5\"", Evaluation.Formula("text(1.5)").Value.Json());
            Assert.Equal("\"2026-02-03T00:00:00+03:00\"", Evaluation.Formula("date(#2026-02-03#)").Value.Json());
            Assert.Equal("true", Evaluation.Formula("'1.5' = 1.5 and 'I' != 'ı'").Value.Json());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
