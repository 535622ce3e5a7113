using Automation.Engine.Expressions;
using Automation.Engine.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>What Elsa's functions of JavaScript find in a run, and what expressions may change in it.</summary>
public sealed class ElsaFunctionTests
{
    [Fact]
    public async Task Outputs_OfEarlierActivities_AreSeenAfterAWait()
    {
        var root = Sequence("s",
            Activity("calc", "Elsa.RunJavaScript", new { script = Literal("42") }),
            Activity("pause", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }),
            Line("by name", Script("outputs.calc.Result")),
            Line("last", Script("lastResult")));
        var run = await new RunHarness(Workflow(root)).RunAsync();

        Assert.Equal(["42", "42"], run.Lines);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Outputs_NobodyAsksFor_AreNotKept()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Activity("calc", "Elsa.RunJavaScript", new { script = Literal("forgotten") }), Activity("pause", "Elsa.Delay", new { timeSpan = Literal("00:01:00") })))).RunAsync();

        Assert.DoesNotContain(run.Snapshots, state => state.Contains("forgotten", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Workflow_Root_TellsTheRun()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Activity("c", "Elsa.Correlate", new { correlationId = Literal("c-7") }), Line("correlation", Script("workflow.correlationId")), Line("definition", Script("workflow.definitionId"))))).RunAsync();

        Assert.Equal(["c-7", "d1"], run.Lines);
    }

    [Fact]
    public async Task Expression_ThatSetsAVariable_ChangesTheRun()
    {
        var run = new RunHarness(Workflow(Sequence("s", Line("set", Script("anything")), Line("seen", Expression("Variable", "x"))), Variable("x", 1, "Int32")), services => services.AddSingleton<IExpressionEvaluator, Setting>());
        await run.RunAsync();

        Assert.Equal(["done", "5"], run.Lines);
        Assert.Equal(("named", "c-9"), (run.State.Name, run.State.CorrelationId));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    private sealed class Setting : IExpressionEvaluator
    {
        public ValueTask<EvaluationResult> EvaluateAsync(Expression expression, IExpressionScope scope, CancellationToken cancellationToken) =>
            ValueTask.FromResult(EvaluationResult.Of("done") with { Changes = new(new JObject { ["x"] = 5 }, "c-9", "named") });

        public ValueTask<ExpressionError?> ValidateAsync(Expression expression, IReadOnlyCollection<string>? roots, CancellationToken cancellationToken) => ValueTask.FromResult<ExpressionError?>(null);
    }
}
