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
}
