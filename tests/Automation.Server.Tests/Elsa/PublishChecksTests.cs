using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>What is published can be read and has what it needs; what is wrong is said before it runs, with the step that has it.</summary>
public sealed class PublishChecksTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("JavaScript", "variables.")]
    [InlineData("Liquid", "{{ input.a | ")]
    [InlineData("NCalc", "1 + ")]
    public async Task Publish_TextThatCannotBeRead_IsRefusedAndStaysADraft(string language, string text)
    {
        using var api = await ElsaClient.NewAsync(server);
        var line = ElsaClient.Activity("line", "Elsa.WriteLine", ("text", language, text));
        var problem = await api.RefusedAsync(HttpMethod.Post, "workflow-definitions", Saved(ElsaClient.Chart(line)), 400, "definition_invalid");
        Told(problem, "root.activities[0].text", "The step “line1” (Write Line): “Text” cannot be read");
        Assert.Equal(0, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);

        // A draft may be anything; taken from a file and published it is checked too.
        var imported = await api.PostAsync("workflow-definitions/import", new JObject { ["name"] = "Файл", ["root"] = ElsaClient.Chart(line) });
        await api.RefusedAsync(HttpMethod.Post, $"workflow-definitions/{imported["definitionId"]}/publish", [], 400, "definition_invalid");
        var bulk = await api.PostAsync("bulk-actions/publish/workflow-definitions/by-definition-ids", new JObject { ["definitionIds"] = new JArray(imported["definitionId"]!) });
        Assert.Contains("“line1”", (string?)Assert.Single(bulk["warnings"]!), StringComparison.Ordinal);
        Assert.False((bool)(await api.GetAsync($"workflow-definitions/by-definition-id/{imported["definitionId"]}"))["isPublished"]!);
    }

    [Fact]
    public async Task Publish_WrongInADeepPlace_IsFound()
    {
        using var api = await ElsaClient.NewAsync(server);
        var choice = ElsaClient.Activity("choice", "Elsa.FlowSwitch");
        choice["cases"] = new JArray(new JObject { ["label"] = "A", ["condition"] = new JObject { ["type"] = "JavaScript", ["value"] = "1 +" } });
        var branch = ElsaClient.Activity("branch", "Elsa.If", ("condition", "JavaScript", "true"));
        branch["then"] = ElsaClient.Chart(ElsaClient.Activity("inner", "Elsa.RunJavaScript", ("script", "Literal", "if (")));
        var call = ElsaClient.Activity("call", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "x"), ("input", "Object", """{"a":{"type":"NCalc","value":"(1"}}"""));
        var problem = await api.RefusedAsync(HttpMethod.Post, "workflow-definitions", Saved(ElsaClient.Chart(choice, branch, call)), 400, "definition_invalid");
        Assert.Equal(3, ((JObject)problem["errors"]!).Count);
        Told(problem, "root.activities[0].cases", "“choice1”");
        Told(problem, "root.activities[1].then.activities[0].script", "“inner1”");
        Told(problem, "root.activities[2].input", "“call1”");

        ((JObject)choice["cases"]![0]!["condition"]!)["value"] = "1 + 1 > 1";
        branch["then"]!["activities"]![0]!["script"]!["expression"]!["value"] = "const a = 1;\nreturn a;";
        call["input"]!["expression"]!["value"] = """{"a":{"type":"NCalc","value":"(1)"}}""";
        Assert.True((bool)(await api.SaveAsync(ElsaClient.Chart(choice, branch, call)))["isPublished"]!);
    }

    [Fact]
    public async Task Publish_NeededInputLeftEmpty_IsRefused()
    {
        using var api = await ElsaClient.NewAsync(server);
        var problem = await api.RefusedAsync(HttpMethod.Post, "workflow-definitions", Saved(ElsaClient.Chart(ElsaClient.Activity("sms", "Crm.SendSms", ("text", "Liquid", "")))), 400, "definition_invalid");
        Told(problem, "root.activities[0].text", "The step “sms1” (Send SMS): fill in “Text”.");
        Assert.False((bool)(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("sms", "Crm.SendSms")), publish: false))["isPublished"]!);
        Assert.True((bool)(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("sms", "Crm.SendSms", ("text", "Liquid", "Сделка {{ deal.name }}")), ElsaClient.Activity("wait", "Elsa.Delay"))))["isPublished"]!);
    }

    private static JObject Saved(JObject root) => new() { ["model"] = new JObject { ["name"] = "Проба", ["root"] = root }, ["publish"] = true };

    private static void Told(JObject problem, string path, string words) => Assert.Contains(words, (string?)Assert.Single(problem["errors"]![path]!), StringComparison.Ordinal);
}
