using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>A step says how often its action is tried again.</summary>
public sealed class RetryChoiceTests
{
    [Fact]
    public async Task Step_WithAStrategy_ItsEffectsKeepIt()
    {
        var run = new RunHarness(Workflow(Chart([Sending(new { mode = "Identifier", strategyId = "quick" })])));

        await run.StartAsync();

        var kept = RetryStrategy.Of(Assert.Single(run.Effects).Request.Request.ToString());
        Assert.Equal(("quick", 3, true), (kept.Id, kept.Waits.Count, kept.UseJitter));
        Assert.Equal("quick", (string?)run.Facts.Single(fact => (string?)fact["event"] == "EffectPlanned")["retries"]);
    }

    [Fact]
    public async Task Step_WithAnExpression_GivesItsOwnWaits()
    {
        var run = new RunHarness(Workflow(Chart([Sending(new { mode = "Expression", expression = new { type = "Object", value = """{"maxRetryAttempts":3,"delay":"00:00:10","backoffType":"Linear","useJitter":false,"maxDelay":"00:00:25"}""" } })])));

        await run.StartAsync();

        var kept = RetryStrategy.Of(Assert.Single(run.Effects).Request.Request.ToString());
        Assert.Equal([10, 20, 25], kept.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(20), kept.After(2, null, 0));
        Assert.Null(kept.After(4, null, 0));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Step_WithoutAStrategy_FollowsThePlan(string? id)
    {
        var run = new RunHarness(Workflow(Chart([Sending(new { mode = "Identifier", strategyId = id })])));

        await run.StartAsync();

        var request = Assert.Single(run.Effects).Request.Request;
        Assert.Null(request[RetryStrategy.Key]);
        Assert.Same(RetryStrategy.Plan, RetryStrategy.Of(request.ToString()));
    }

    [Fact]
    public void Strategy_ThatDoesNotExist_IsAProblemOfTheDefinition()
    {
        var refused = Assert.Throws<DefinitionInvalidException>(() => new RunHarness(Workflow(Chart([Sending(new { mode = "Identifier", strategyId = "forever" })]))));

        var problem = Assert.Single(refused.Problems);
        Assert.Equal("strategy_unknown", problem.Code);
        Assert.Contains("quick", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"forever\"")]
    [InlineData("""{"maxRetryAttempts":-1}""")]
    [InlineData("""{"maxRetryAttempts":21}""")]
    [InlineData("""{"maxRetryAttempts":"many"}""")]
    [InlineData("""{"delay":"00:00:00"}""")]
    [InlineData("""{"delay":1e12}""")]
    [InlineData("""{"backoffType":"Random"}""")]
    public async Task Expression_ThatGivesNoStrategy_IsAnIncident(string value)
    {
        var run = await new RunHarness(Workflow(Chart([Sending(new { mode = "Expression", expression = new { type = "Object", value } })]))).RunAsync();

        Assert.Equal("strategy_invalid", Assert.Single(run.State.Incidents).Code);
        Assert.Empty(run.Effects);
    }

    [Fact]
    public void Read_ElsasHttpStrategy_DoublesItsDelay()
    {
        var read = RetryStrategy.Read(JObject.Parse("""{"$type":"HttpResilienceStrategy","id":"mine","displayName":"Mine","maxRetryAttempts":4,"delay":2,"backoffType":"Exponential"}"""));

        Assert.Equal([2, 4, 8, 16], read.Waits.Select(wait => wait.TotalSeconds));
        Assert.True(read.UseJitter);
        Assert.Same(RetryStrategy.None, RetryStrategy.Read("none"));
    }

    private static JObject Sending(object strategy)
    {
        var activity = Activity("send", "Elsa.FlowSendHttpRequest", new { url = Literal("https://example.org/x") });
        activity["customProperties"] = JObject.FromObject(new { resilienceStrategy = strategy });
        return activity;
    }
}
