using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class EvalTests
{
    private readonly StubServer server = new();

    [Theory]
    [InlineData("22", "1 + 2 * deal.price", "ncalc")]
    [InlineData("[2,4]", "[1, 2].map(x => x * 2)", "js")]
    [InlineData("Здравствуйте, Мир", "Здравствуйте, {{ deal.name }}", "liquid")]
    public async Task Eval_PrintsTheValue(string expected, string text, string language)
    {
        Assert.Equal(0, await server.RunAsync("eval", text, "--lang", language, "--values", """{"deal":{"price":10.5,"name":"Мир"}}"""));
        Assert.Equal(expected, server.Output.Trim());
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("expression_failed: ", "1 / 0", "ncalc")]
    [InlineData("expression_invalid: ", "1 + '", "ncalc")]
    [InlineData("script_", "while (true) {}", "js")]
    [InlineData("script_failed: ", "eval('1')", "js")]
    public async Task Eval_Fails_PrintsCodeAndMessage(string expected, string text, string language)
    {
        Assert.Equal(1, await server.RunAsync("eval", text, "--lang", language));
        Assert.StartsWith(expected, server.Error, StringComparison.Ordinal);
        Assert.Empty(server.Output);
    }

    [Fact]
    public async Task Eval_TwoHundredParentheses_IsTooComplex()
    {
        Assert.Equal(1, await server.RunAsync("eval", new string('(', 200) + "1" + new string(')', 200)));
        Assert.StartsWith("expression_too_complex: ", server.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("/nowhere/values.json")]
    public async Task Eval_ValuesCannotBeRead_SaysSo(string values)
    {
        Assert.Equal(1, await server.RunAsync("eval", "1", "--values", values));
        Assert.StartsWith("--values: ", server.Error, StringComparison.Ordinal);
    }
}
