using System.Diagnostics;
using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>A figure to look at, run by hand: <c>-explicit only</c>.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Interpreter_FiveActivities_TellsMicrosecondsPerRun()
    {
        var chart = Chart([Line("a"), Set("b", "x", NCalc("deal.price + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("x > 1000") }), Line("yes"), Line("no"), Set("e", "x", Literal(1))],
            "a>b", "b>d", "d:True>yes", "d:False>no", "yes>e", "no>e");
        var interpreter = new WorkflowInterpreter(new ActivityRegistry().RegisterAssembly(typeof(Activities.ActivitiesServices).Assembly), new FakeEvaluator());
        var workflow = interpreter.Compile(new WorkflowDefinition("v1", "d1", 1, Workflow(chart, Variable("x", 0, "Int32"))));
        var key = new MailboxKey(new AccountId(Guid.Empty), new ConnectionId(Guid.Empty), EntityTypes.Deal, "42");
        var environment = new StepEnvironment(key, DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc, "ru", new RecordedInputs(), new Deal(), null!);
        var seed = new RunSeed(Guid.Empty, null, new Dictionary<string, JToken>(), null, null);
        for (var round = 0; round < 4; round++)
        {
            var (began, bytes, processor) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.UserTime);
            for (var i = 0; i < 20_000; i++) await interpreter.StartAsync(workflow, seed, environment, TestContext.Current.CancellationToken);
            output.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMicroseconds / 20_000:F1} us wall, {(Environment.CpuUsage.UserTime - processor).TotalMicroseconds / 20_000:F1} us processor, {(GC.GetAllocatedBytesForCurrentThread() - bytes) / 20_000} bytes a run");
        }
    }

    private sealed class Deal : IRootSource
    {
        private readonly JObject _deal = new() { ["price"] = 5000 };

        public IReadOnlyCollection<string> Roots { get; } = ["deal"];

        public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult<JToken>(_deal);
    }
}
