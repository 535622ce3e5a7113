using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Expressions.Tests;

[Collection(ScriptCollection.Name)]
public sealed class ScriptTests(ScriptPoolFixture scripts)
{
    private const string Globals = """
        { "now": "2026-11-22T20:00:00+03:00", "$timeZone": "Europe/Moscow", "deal": { "price": 12.5, "Город": "Казань" }, "variables": { "total": 5, "list": [1, 2] },
          "input": { "x": 42 }, "outputs": { "Fetch1": { "Result": { "ok": true } }, "Split": { "A": 1, "B": 2 } }, "lastResult": "last",
          "workflow": { "instanceId": "run-1", "instanceName": "Order", "correlationId": "c-1", "definitionId": "d" } }
        """;

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("'ж'", "\"ж\"")]
    [InlineData("undefined", "null")]
    [InlineData("deal.price > 10 && deal['Город'] === 'Казань'", "true")]
    [InlineData("const x = deal.price; x * 2", "25")]
    [InlineData("if (deal.price > 10) return 'big'; return 'small';", "\"big\"")]
    [InlineData("return { a: [1, null, 'x'], b: { c: true } }", """{"a":[1,null,"x"],"b":{"c":true}}""")]
    [InlineData("{ a: 1 }", """{"a":1}""")]
    [InlineData("({ f() {}, u: undefined, s: Symbol('x'), k: 1 })", """{"k":1}""")]
    [InlineData("new Date()", "\"2026-11-22T17:00:00.000Z\"")]
    [InlineData("Date.now() === new Date('2026-11-22T17:00:00Z').getTime()", "true")]
    [InlineData("new Date().getHours()", "20")]
    [InlineData("getVariable('total') + variables.total + getTotal()", "15")]
    [InlineData("getInput('x') + input.x", "84")]
    [InlineData("getOutputFrom('Fetch1').ok", "true")]
    [InlineData("getOutputFrom('Split', 'B') + getAFromSplit()", "3")]
    [InlineData("getLastResult()", "\"last\"")]
    [InlineData("getCorrelationId() + getWorkflowInstanceId() + getWorkflowInstanceName()", "\"c-1run-1Order\"")]
    [InlineData("isNullOrEmpty('') && isNullOrWhiteSpace(' ') && !isNullOrEmpty('a') && isNullOrEmpty(null)", "true")]
    [InlineData("stringFromBase64(stringToBase64('жук')) + bytesToString(bytesFromString('й')) + bytesToBase64(bytesFromBase64('AQI='))", "\"жукйAQI=\"")]
    [InlineData("getGuidString() === getGuidString()", "false")]
    [InlineData("parseGuid('{0190A000-0000-7000-8000-000000000001}') + getShortGuid().length", "\"0190a000-0000-7000-8000-00000000000122\"")]
    [InlineData("toJson({ a: 1 })", "\"{\\\"a\\\":1}\"")]
    [InlineData("console.log('x', 1); console.error(2); 3", "3")]
    [InlineData("[3, 1, 2].sort().map(x => x * 2).join('-')", "\"2-4-6\"")]
    [InlineData("JSON.parse('{\"a\":[1]}').a[0]", "1")]
    [InlineData("'2026-11-22'.match(/^(\\d+)-(\\d+)/)[2]", "\"11\"")]
    [InlineData("`${deal.price} руб.`", "\"12.5 руб.\"")]
    [InlineData("'\\ud800'", "\"\ufffd\"")]
    public async Task Script_Known_Value(string source, string json)
    {
        var result = await scripts.RunAsync(source, Globals);
        Assert.Equal((null, json), (result.Error?.Message, result.Value.Json()));
    }

    [Fact]
    public async Task Sets_AreGivenBackAsData()
    {
        var result = await scripts.RunAsync("setVariable('a', { x: 1 }); variables.total = 6; setList([3]); setOutcome('Yes'); setOutcomes(['A', 'B']); setCorrelationId('k'); setWorkflowInstanceName('N'); getVariable('a').x", Globals);
        Assert.Null(result.Error);
        Assert.Equal("1", result.Value.Json());
        Assert.Equal("""{"total":6,"list":[3],"a":{"x":1}}""", result.VariableSets.Json());
        Assert.Equal(["A", "B"], result.Outcomes);
        Assert.Equal(("k", "N"), (result.CorrelationId, result.InstanceName));
    }

    [Fact]
    public async Task Variables_OnlyRead_AreNotSets() => Assert.Empty((await scripts.RunAsync("variables.total + getVariable('list')[0]", Globals)).VariableSets);

    [Fact]
    public async Task Random_SameCall_DrawsTheSame()
    {
        var first = await scripts.RunAsync("[Math.random(), Math.random()]", Globals);
        var second = await scripts.RunAsync("[Math.random(), Math.random()]", Globals);
        Assert.Equal(first.Value.Json(), second.Value.Json());
        Assert.NotEqual(first.Value[0]!.Json(), first.Value[1]!.Json());
    }

    [Fact]
    public async Task Check_Wrong_TellsLineAndColumn()
    {
        var error = await scripts.Pool.CheckAsync("let a = 1;\nlet = 2 +;", TestContext.Current.CancellationToken);
        Assert.Equal((ExpressionCodes.Invalid, 2), (error?.Code, error?.Line));
    }

    [Theory]
    [InlineData("while (true) {}", null)]
    [InlineData("return 1", null)]
    [InlineData("1n", "script_forbidden")]
    [InlineData("import('x')", "script_forbidden")]
    [InlineData("if (", "expression_invalid")]
    public async Task Check_Source_RunsNothing(string source, string? code) => Assert.Equal(code, (await scripts.Pool.CheckAsync(source, TestContext.Current.CancellationToken))?.Code);

    [Theory]
    [InlineData("1n", "«BigInt» скриптам не разрешён.")]
    [InlineData("() => 1", "Скрипт не может вернуть функцию.")]
    [InlineData("while (true) {}", "Скрипт сделал больше 100000 шагов.")]
    [InlineData("throw new Error('mine')", null)]
    public async Task Mistake_ThatOurCodeWords_HasRussianWords(string source, string? words) => Assert.Equal(words, (await scripts.RunAsync(source)).Error?.Ru);

    [Fact]
    public async Task Throw_OnSecondLine_TellsPosition()
    {
        var error = (await scripts.RunAsync("let a = 1;\n  a.b.c")).Error;
        Assert.Equal((ExpressionCodes.ScriptFailed, 2), (error?.Code, error?.Line));
    }

    [Fact]
    public async Task Evaluator_Script_ReadsOnlyNamedRoots()
    {
        var scope = TestScope.Deal();
        var result = await scripts.Evaluator.EvaluateAsync(new Expression(ExpressionTypes.JavaScript, "deal.price > limit"), scope, TestContext.Current.CancellationToken);
        Assert.Equal("true", result.Value.Json());
        Assert.Equal(["deal", "limit"], scope.Reads.Keys.Order());
        Assert.Contains(result.Seen, s => s.Path == "deal.price" && s.Value.Json() == "12500.5");
    }

    [Fact]
    public async Task Evaluator_ElsaFunctions_ReadTheRootsBehindThem()
    {
        var result = await scripts.Evaluator.EvaluateAsync(new Expression(ExpressionTypes.JavaScript, "getTotal() + getInput('x') + getOutputFrom('Split', 'A')"), TestScope.Deal(), TestContext.Current.CancellationToken);
        Assert.Equal("48", result.Value.Json());
    }

    [Fact]
    public async Task Evaluator_Literal_PassesThrough()
    {
        var value = new JObject { ["a"] = 1 };
        var result = await scripts.Evaluator.EvaluateAsync(new Expression(ExpressionTypes.Object, value), TestScope.Deal(), TestContext.Current.CancellationToken);
        Assert.Same(value, result.Value);
    }

    [Fact]
    public async Task Evaluator_UnknownType_Fails() =>
        Assert.Equal("expression_type_unknown", (await scripts.Evaluator.EvaluateAsync(new Expression("CSharp", "1"), TestScope.Deal(), TestContext.Current.CancellationToken)).Error?.Code);

    [Theory]
    [InlineData("return (", "скрипт обрывается: не хватает закрывающей скобки")]
    [InlineData("if (deal.price > 10) return 'big", "лишний знак или незакрытая кавычка")]
    [InlineData("a b", "лишнее «b»")]
    [InlineData("1 + )", "лишнее «)»")]
    [InlineData("let a; let a;", null)]
    public async Task Mistake_OfTheCommonKind_IsToldInRussianToo(string source, string? ru) => Assert.Equal(ru, (await scripts.Pool.CheckAsync(source, TestContext.Current.CancellationToken))!.Ru);

    /// <summary>A board asks for its scripts at every change; a verdict that hung on the moment is asked for again.</summary>
    [Theory]
    [InlineData(null, 1)]
    [InlineData(ExpressionCodes.Invalid, 1)]
    [InlineData(ExpressionCodes.ScriptUnavailable, 3)]
    [InlineData(ExpressionCodes.ScriptTimeout, 3)]
    public async Task Evaluator_ScriptLookedAtBefore_IsNotSentAgain(string? code, int asked)
    {
        var checker = new CountingChecker(code is null ? null : new(code, "told"));
        var evaluator = new ExpressionEvaluator(checker, Microsoft.Extensions.Options.Options.Create(new ExpressionOptions { CacheSize = 2 }));
        for (var i = 0; i < 3; i++) Assert.Equal(code, (await CheckAsync("a"))?.Code);
        Assert.Equal(asked, checker.Asked);

        // Bounded: the least recently used one goes.
        foreach (var source in new[] { "b", "a", "c", "a" }) await CheckAsync(source);
        var before = checker.Asked;
        await CheckAsync("b");
        Assert.Equal(before + 1, checker.Asked);

        ValueTask<ExpressionError?> CheckAsync(string source) => evaluator.ValidateAsync(new(ExpressionTypes.JavaScript, source), null, TestContext.Current.CancellationToken);
    }

    private sealed class CountingChecker(ExpressionError? error) : IScriptRunner, IScriptChecker
    {
        public int Asked { get; private set; }

        public ValueTask<ExpressionError?> CheckAsync(string source, CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult(error);
        }

        public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [Fact]
    public async Task Pool_WorkerMissing_IsUnavailableAtOnce()
    {
        await using var pool = new ScriptWorkerPool(Microsoft.Extensions.Options.Options.Create(new ScriptOptions { WorkerPath = "/nowhere/worker.dll" }), TimeProvider.System);
        var result = await pool.RunAsync(new ScriptRequest("1", []), TestContext.Current.CancellationToken);
        Assert.Equal(ExpressionCodes.ScriptUnavailable, result.Error?.Code);
    }

    /// <summary>A busy server is no reason for a condition to fail, and one account's scripts do not keep another's waiting.</summary>
    [Fact]
    public async Task Pool_MoreThanItCanTake_AllAnswerAndAccountsTakeTurns()
    {
        await using var pool = new ScriptWorkerPool(Microsoft.Extensions.Options.Options.Create(new ScriptOptions { Workers = 1, QueueTimeout = TimeSpan.FromMilliseconds(10), StartTimeout = TimeSpan.FromSeconds(60) }), TimeProvider.System);
        var done = 0;
        var crowd = Enumerable.Range(0, 300).Select(i => CountedAsync(new("let s = 0; for (let i = 0; i < 2000; i++) s += i; s", [], "crowd"))).ToList();
        await crowd[0];
        var other = await pool.RunAsync(new("1", [], "other"), TestContext.Current.CancellationToken);
        var before = Volatile.Read(ref done);
        await Task.WhenAll(crowd);

        Assert.Null(other.Error);
        Assert.All(crowd, one => Assert.Null(one.Result.Error));
        Assert.InRange(before, 1, 100);

        async Task<ScriptResult> CountedAsync(ScriptRequest request)
        {
            var result = await pool.RunAsync(request, TestContext.Current.CancellationToken);
            Interlocked.Increment(ref done);
            return result;
        }
    }

    [Fact]
    public async Task Pool_ManyAtOnce_AllAnswer()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => scripts.RunAsync($"{i} * 2").AsTask()));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i * 2), results.Select(r => (int)r.Value));
    }
}
