using Automation.Engine.Expressions;

namespace Automation.Expressions.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("{% if deal.name %}Ждём", "начало «if» есть, а конца «endif» нет")]
    [InlineData("{% endless %}", "такой команды нет: «endless»")]
    [InlineData("Ждём {{ deal.name", "не закрыты скобки: «{{ deal.name»")]
    [InlineData("{% for x deal.items %}{% endfor %}", null)]
    public async Task Mistake_OfTheCommonKind_IsToldInRussianToo(string text, string? ru) => Assert.Equal(ru, (await Evaluation.ValidateAsync(ExpressionTypes.Liquid, text))!.Ru);

    [Theory]
    [InlineData("Hi {{ deal.name }}: {{ deal.price }}", "Hi Заказ: 12500,5")]
    [InlineData("{{ deal.Город }}|{{ deal['Сумма руб.'] }}|{{ deal.cf['991201'] }}", "Казань|1500|1500")]
    [InlineData("[{{ deal.nothing }}]", "[]")]
    [InlineData("{{ 5 | plural: \"день\", \"дня\", \"дней\" }}", "дней")]
    [InlineData("{{ 21 | plural: 'день', 'дня', 'дней' }} {{ 112 | plural: 'день', 'дня', 'дней' }} {{ 3 | plural: 'день', 'дня', 'дней' }} {{ 1.5 | plural: 'день', 'дня', 'дней' }}", "день дней дня дня")]
    [InlineData("{{ 12500.5 | money }}", "12 500,50 ₽")]
    [InlineData("{{ deal.cf.991201 | money: 'USD' }}", "1 500,00 $")]
    [InlineData("{{ -1234567.005 | money }}", "-1 234 567,01 ₽")]
    [InlineData("{{ now | date_ru }}", "22 ноября 2026")]
    [InlineData("{{ deal.due | date_ru: 'd MMMM' }}", "25 ноября")]
    [InlineData("{{ deal.created | date: '%d.%m.%Y %H:%M' }}", "20.11.2026 09:30")]
    [InlineData("{{ deal.created | date: '%-d %B %Y, %A' }}", "20 ноября 2026, пятница")]
    [InlineData("{{ deal.created | date: 'dd.MM.yyyy' }} {{ deal.created | date }}", "20.11.2026 20.11.2026")]
    [InlineData("{{ 'now' | date: '%B' }}", "ноябрь")]
    [InlineData("{{ 'soon' | date: '%B' }}", "soon")]
    [InlineData("{{ '89160000000' | phone }} {{ '+7 (916) 000-00-00' | phone }} {{ 'нет' | phone }}", "+7 916 000-00-00 +7 916 000-00-00 нет")]
    [InlineData("{{ deal.nothing | default: 'друг' }} {{ deal.name | required }}", "друг Заказ")]
    [InlineData("{% for t in deal.items %}{{ t.sum }};{% endfor %}", "10;2.5;;")]
    [InlineData("{% if deal.price > 100 and deal.name == 'Заказ' %}да{% else %}нет{% endif %}", "да")]
    public async Task Template_Russian_Text(string template, string text)
    {
        var result = await Evaluation.TextAsync(template, new TestScope("""{ "now": "2026-11-22T20:00:00+03:00", "deal": { "name": "Заказ", "price": 12500.5, "created": "2026-11-20T09:30:00+03:00", "due": "2026-11-25", "cf": { "991201": "1500", "Город": "Казань" }, "$names": { "Сумма руб.": "cf.991201" }, "items": [ { "sum": 10 }, { "sum": "2.5" }, { } ] } }"""));
        Assert.Equal((null, text), (result.Error?.Message, (string?)result.Value));
    }

    [Theory]
    [InlineData("{{ 1 | plural: 'day', 'days' }} {{ 2 | plural: 'day', 'days' }}", "day days")]
    [InlineData("{{ 12500.5 | money: 'USD' }} {{ deal.price }}", "$12,500.50 12500.5")]
    [InlineData("{{ deal.due | date: '%B %-d' }}", "November 25")]
    public async Task Template_English_Text(string template, string text) =>
        Assert.Equal(text, (string?)(await Evaluation.TextAsync(template, new TestScope("""{ "deal": { "price": 12500.5, "due": "2026-11-25" } }""") { Language = "en" })).Value);

    /// <summary>The library's patterns end by the clock on the wall: one second of it goes by on a machine that is busy, and the run failed.</summary>
    [Fact]
    public async Task Patterns_OfTheLibrary_HaveTimeOnABusyMachine()
    {
        await Evaluation.TextAsync("{{ deal.name }}");
        Assert.True(DotLiquid.Template.RegexTimeOut >= TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("{{ deal.nothing | required }}", "value_missing")]
    [InlineData("{{ deal.priority | required }}", "value_missing")]
    [InlineData("{% if %}", "expression_invalid")]
    [InlineData("{{ deal.name", "expression_invalid")]
    [InlineData("{% for i in (1..100000000) %}x{% endfor %}", "expression_failed")]
    [InlineData("{% for i in (1..9000) %}xxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}", "expression_failed")]
    [InlineData("{% include 'x' %}", "expression_failed")]
    [InlineData("{% for h in (1..200) %}{% for i in (1..200) %}{% for j in (1..200) %}{% for k in (1..200) %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}", "expression_failed")]
    public async Task Template_Wrong_Code(string template, string code) => Assert.Equal(code, (await Evaluation.TextAsync(template)).Error?.Code);

    [Theory]
    [InlineData("{% if true %}", "{% endif %}")]
    [InlineData("{{ (", ") }}")]
    [InlineData("{{ a[", "] }}")]
    [InlineData("{% for i in (1..2) %}", "{% endfor %}")]
    public async Task Template_DeeplyNested_EndsWithCode(string open, string close)
    {
        var template = string.Concat(Enumerable.Repeat(open, 600)) + string.Concat(Enumerable.Repeat(close, 600));
        Assert.StartsWith("expression_", (await Evaluation.ValidateAsync(ExpressionTypes.Liquid, template[..Math.Min(template.Length, 16_000)]))?.Code, StringComparison.Ordinal);
        Assert.Equal("expression_too_complex", (await Evaluation.ValidateAsync(ExpressionTypes.Liquid, new string('x', 20_000)))?.Code);
    }

    [Fact]
    public async Task Template_MissingValue_IsSeenAsNull()
    {
        var result = await Evaluation.TextAsync("{{ deal.name }} {{ deal.nothing }}");
        Assert.Equal(["deal.name=\"Заказ\"", "deal.nothing=null"], result.Seen.Select(s => $"{s.Path}={s.Value.Json()}"));
    }

    [Fact]
    public async Task Template_Roots_AreReadOnceWhenNamed()
    {
        var scope = TestScope.Deal();
        await Evaluation.TextAsync("{{ deal.name }}{{ deal.price }}{% for x in variables.list %}{{ x }}{% endfor %}", scope);
        Assert.Equal(new Dictionary<string, int> { ["deal"] = 1, ["variables"] = 1 }, scope.Reads);
    }
}
