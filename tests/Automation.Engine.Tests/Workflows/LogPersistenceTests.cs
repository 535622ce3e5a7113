using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>What stays out of the journal.</summary>
public sealed class LogPersistenceTests
{
    private const string Exclude = """{"evaluationMode":"Strategy","strategyType":"Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core"}""";

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("""{"default":EX}""", false, false)]
    [InlineData("""{"inputs":{"Text":EX}}""", true, false)]
    [InlineData("""{"default":EX,"inputs":{"text":{"strategyType":"Include"}}}""", false, true)]
    public async Task Activity_Config_HidesInputsAndWords(string config, bool words, bool input)
    {
        var line = Line("secret", NCalc("deal.price"));
        line["customProperties"] = new JObject { ["logPersistenceConfig"] = JObject.Parse(config.Replace("EX", Exclude, StringComparison.Ordinal)) };
        var run = await new RunHarness(Workflow(line)).RunAsync();

        Assert.Equal(words ? ["5000"] : [], run.Lines.Where(text => text is not null));
        var started = run.Facts.Single(fact => (string)fact["event"]! == "Started" && (string)fact["type"]! == "Elsa.WriteLine");
        Assert.Equal((input, input), (started.SelectToken("inputs.text") is not null, started["seen"] is not null));
    }

    [Fact]
    public async Task Workflow_Config_HoldsForActivitiesThatInherit()
    {
        var (quiet, open) = (Line("quiet"), Line("open"));
        open["customProperties"] = JObject.Parse("""{"logPersistenceConfig":{"default":{"strategyType":"Include"}}}""");
        var document = Workflow(Sequence("s", quiet, open));
        document["customProperties"] = new JObject { ["logPersistenceConfig"] = new JObject { ["default"] = JObject.Parse(Exclude) } };
        var run = await new RunHarness(document).RunAsync();

        Assert.Equal(["open"], run.Lines.Where(text => text is not null));
    }

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("""{"logPersistenceConfig":{"default":EX}}""", false, false)]
    [InlineData("""{"logPersistenceConfig":{"outputs":{"result":EX}}}""", false, true)]
    [InlineData("""{"logPersistenceConfig":{"default":EX,"outputs":{"result":{"strategyType":"Include"}}}}""", true, false)]
    [InlineData("""{"logPersistenceConfig":{"internalState":EX}}""", true, false)]
    [InlineData("""{"logPersistenceConfig":{"default":EX,"internalState":{"strategyType":"Include"}}}""", false, true)]
    [InlineData("""{"logPersistenceMode":"Exclude"}""", false, false)]
    [InlineData("""{"logPersistenceMode":{"default":"Inherit","outputs":{"result":"Exclude"}}}""", false, true)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude"},"logPersistenceConfig":{"default":{"strategyType":"Include"}}}""", true, true)]
    public async Task Activity_Config_HidesOutputsAndWhatItSays(string properties, bool output, bool own)
    {
        var condition = Activity("if", "Elsa.If", new { condition = Literal("True") });
        condition["customProperties"] = JObject.Parse(properties.Replace("EX", Exclude, StringComparison.Ordinal));
        Assert.Equal((output, own), await ToldAsync(new RunHarness(Workflow(condition))));
    }

    [Theory]
    [InlineData(LogPersistenceMode.Include, "{}", true)]
    [InlineData(LogPersistenceMode.Exclude, "{}", false)]
    [InlineData(LogPersistenceMode.Exclude, """{"default":{"strategyType":"Include"}}""", true)]
    [InlineData(LogPersistenceMode.Exclude, """{"default":{"strategyType":"Configuration"}}""", false)]
    [InlineData(LogPersistenceMode.Include, """{"default":{"strategyType":"Elsa.Workflows.LogPersistence.Strategies.Configuration, Elsa.Workflows.Core"}}""", true)]
    public async Task Server_Setting_HoldsWhereNothingElseIsSaid(LogPersistenceMode mode, string config, bool shows)
    {
        var document = Workflow(Activity("if", "Elsa.If", new { condition = Literal("True") }));
        // An activity that says Configuration means the server, whatever is around it.
        document["customProperties"] = new JObject { ["logPersistenceConfig"] = config == "{}" ? new JObject() : JObject.Parse("""{"default":{"strategyType":"Include"}}""") };
        document["root"]!["customProperties"] = new JObject { ["logPersistenceConfig"] = JObject.Parse(config) };
        Assert.Equal((shows, shows), await ToldAsync(new RunHarness(document, services => services.AddSingleton(new LogPersistenceOptions { Mode = mode }))));
    }

    [Theory]
    [InlineData("NCalc", "deal.mode", "Exclude", false)]
    [InlineData("NCalc", "deal.mode", "Include", true)]
    [InlineData("JavaScript", "deal.mode", "Exclude", false)]
    [InlineData("JavaScript", "deal.mode", "1", true)]
    [InlineData("Literal", "exclude", "", false)]
    [InlineData("JavaScript", "deal.mode", "Inherit", true)]
    [InlineData("JavaScript", "deal.mode", "nonsense", false)]
    [InlineData("JavaScript", "!", "", false)]
    public async Task Expression_GivesTheMode_AndWhatFailsIsLeftOut(string language, string source, string mode, bool shows)
    {
        var text = new JObject { ["evaluationMode"] = "Expression", ["expression"] = new JObject { ["type"] = language, ["value"] = source } };
        var document = Workflow(Sequence("s", Line("line", NCalc("deal.price")), Activity("if", "Elsa.If", new { condition = Literal("True") })));
        document["customProperties"] = new JObject { ["logPersistenceConfig"] = new JObject { ["default"] = text } };
        var run = new RunHarness(document) { Roots = { ["deal"] = new JObject { ["price"] = 5000, ["mode"] = mode } } };
        Assert.Equal((shows, shows), await ToldAsync(run));

        var started = run.Facts.Single(fact => (string)fact["event"]! == "Started" && (string)fact["type"]! == "Elsa.WriteLine");
        Assert.Equal((shows, shows), (started.SelectToken("inputs.text") is not null, started["seen"] is not null));
        Assert.Equal(shows ? ["5000"] : [], run.Lines.Where(line => line is not null));
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    /// <summary>What is decided is not kept in a wait: each step asks anew.</summary>
    [Fact]
    public async Task Expression_AfterAWait_IsAskedAgain()
    {
        var wait = Activity("wait", "Elsa.Event", new { eventName = Literal("go") });
        wait["customProperties"] = JObject.Parse("""{"logPersistenceConfig":{"outputs":{"result":{"evaluationMode":"Expression","expression":{"type":"Literal","value":"Include"}}}}}""");
        var run = new RunHarness(Workflow(wait));
        await run.RunAsync();
        await run.HitAsync(new { paid = true });

        Assert.Equal("""{"paid":true}""", Told(run, "Elsa.Event")["outputs"]!["Result"]!.ToString(Newtonsoft.Json.Formatting.None));
    }

    private static async Task<(bool Output, bool Own)> ToldAsync(RunHarness run)
    {
        await run.RunAsync();
        var told = Told(run, "Elsa.If");
        return (told["outputs"] is not null, told["data"] is not null);
    }

    private static JObject Told(RunHarness run, string type) => run.Facts.Single(fact => (string)fact["event"]! == "Completed" && (string)fact["type"]! == type);
}
