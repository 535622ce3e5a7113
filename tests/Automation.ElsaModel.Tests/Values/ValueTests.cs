using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData("Anna", "Hello, Anna!")]
    [InlineData(null, "Hello, stranger!")]
    public async Task CodeActivity_InputAndOutput_PassThroughAVariable(string? name, string greeting)
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var text = builder.WithVariable<string>("text");
            builder.Root = new Greet { Customer = name is null ? null : new(name), Greeting = new(text) };
        });

        Assert.Equal(greeting, (string?)run.Variable("text"));
        Assert.Equal((RunStatus.Finished, "activity", EffectPolicy.Hold), (run.State.Status, Assert.Single(run.Effects).Request.Kind, run.Effects[0].Request.Policy));
    }

    [Fact]
    public async Task CodeActivityWithResult_Deterministic_IsPartOfTheStep()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var gross = builder.WithVariable<decimal>("gross");
            builder.Root = new AddVat { Net = new(99.99m), Result = new(gross) };
        });

        Assert.Equal(119.99m, (decimal)run.Variable("gross"));
        Assert.Empty(run.Effects);
        Assert.Single(run.Snapshots);
    }

    [Fact]
    public async Task Input_LiteralVariableExpressionOrWorkflowInput_GivesItsValue()
    {
        var run = CodeWorkflow.Harness(builder =>
        {
            var net = builder.WithVariable("net", 10m);
            var gross = builder.WithVariable<decimal>("gross");
            builder.Root = new Sequence
            {
                Activities =
                {
                    new AddVat { Net = new(net), Percent = new(builder.WithInput<int>("percent")), Result = new(gross) },
                    new WriteLine { Text = new(gross) },
                    new AddVat { Net = new(new Expression("NCalc", "gross + 1")), Percent = new(0), Result = new(gross) },
                    new WriteLine { Text = new(gross) },
                },
            };
        });
        await run.RunAsync(new { percent = 50 });

        Assert.Equal(["15", "16"], run.Lines.Select(line => line.TrimEnd('0').TrimEnd('.')));
    }

    [Fact]
    public async Task Variables_GetAndSet_KeepNumbersAndObjects()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            builder.WithVariable("total", 1m);
            builder.WithVariable<object>("last");
            builder.Root = new Sequence { Activities = { new Tally { Amount = new(2.5m) }, new Tally { Amount = new(4m) } } };
        });

        Assert.Equal((7.5m, 4m), ((decimal)run.Variable("total"), (decimal)run.Variable("last")["amount"]!));
        Assert.Equal("2026-11-22T09:00:00.0000000+00:00", (string?)run.Variable("last")["at"]);
    }

    [Fact]
    public async Task VariableObject_GetAndSet_IsTheWorkflowsVariableOfThatName()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            builder.WithVariable("calls", 40);
            var last = builder.WithVariable<int>("lastCall");
            builder.Root = new Sequence { Activities = { new CountUp(), new CountUp { Result = new(last) } } };
        });

        Assert.Equal((42, 42), ((int)run.Variable("calls"), (int)run.Variable("lastCall")));
    }

    [Fact]
    public async Task Output_BoundToAWorkflowOutput_IsTheRunsResult()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
            builder.Root = new AddVat { Net = new(10m), Result = new() { MemoryReference = builder.WithOutput<decimal>("gross") } });

        Assert.Equal(12m, (decimal)run.Outputs["gross"]!);
    }
}
