using System.Net;
using Automation.Server.CommandLine;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class CommandsTests
{
    private readonly StubServer server = new();

    [Fact]
    public async Task Serve_NothingSaid_TakesTheDefaults()
    {
        Assert.Equal(7, await server.RunAsync("serve"));
        Assert.Equal(new ServeOptions(), server.Served);
        Assert.Equal(new Uri(ServeOptions.DefaultHookUrl), server.Served!.PublicHookUrl);
    }

    [Fact]
    public async Task Serve_EverythingSaid_IsHandedOver()
    {
        await server.RunAsync(
            "serve", "--data", "/tmp/x", "--postgres", "Host=db", "--url", "http://127.0.0.1:1", "--hook-url", "http://0.0.0.0:2", "--public-url", "https://hooks.example.com",
            "--sandbox", "--sandbox-url", "http://127.0.0.1:3", "--no-sandbox-process");
        Assert.Equal(new ServeOptions("/tmp/x", "Host=db", "http://127.0.0.1:1", "http://0.0.0.0:2", "https://hooks.example.com", true, "http://127.0.0.1:3", true), server.Served);
        Assert.Equal(new Uri("https://hooks.example.com"), server.Served!.PublicHookUrl);
    }

    [Theory]
    [InlineData("serve", "--url", "5080")]
    [InlineData("serve", "--hook-url", "ftp://x")]
    [InlineData("connect", "amocrm", "--subdomain", "demo")]
    [InlineData("connect", "smsc")]
    [InlineData("why")]
    [InlineData("replay", "not-an-id")]
    [InlineData("eval", "1", "--lang", "python")]
    [InlineData("import", "/nowhere/funnel.json")]
    [InlineData("unknown-verb")]
    public async Task CommandLine_WrongWords_AreRefusedAndNothingIsCalled(params string[] words)
    {
        Assert.Equal(1, await server.RunAsync(words));
        Assert.NotEmpty(server.Error);
        Assert.Empty(server.Requests);
        Assert.Null(server.Served);
    }

    [Fact]
    public async Task Redrive_FromAStepWithEdits_IsSentAsSaid()
    {
        server.On("POST /api/dead-letters/redrive", """{"id":"r1","total":1,"perSecond":5}""", HttpStatusCode.Accepted);
        Assert.Equal(0, await server.RunAsync("redrive", "run-1", "--from", "sms", "--set", "text=a=b", "--per-second", "5"));
        var body = JObject.Parse(Assert.Single(server.Bodies));
        Assert.Equal(("run-1", "sms", "a=b", 5), ((string?)body["ids"]![0], (string?)body["from"], (string?)body["input"]!["text"], (int)body["perSecond"]!));
        Assert.Contains("r1", server.Output, StringComparison.Ordinal);
        Assert.Equal(1, await server.RunAsync("redrive", "run-1", "--set", "text"));
    }

    [Fact]
    public async Task Dead_Filtered_ShowsReasons()
    {
        server.On("GET /api/dead-letters?deal=7&code=poison_crash", """{"items":[{"id":"e1","kind":"event","code":"poison_crash","message":"died"}]}""");
        Assert.Equal(0, await server.RunAsync("dead", "--deal", "7", "--code", "poison_crash"));
        Assert.Contains("poison_crash", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_Set_SendsOnlyWhatIsNamed()
    {
        server.On("PUT /api/settings", """{"timeZone":"Europe/Moscow","onDead":"block","quotas":{"effectsPerDay":50000}}""");
        Assert.Equal(0, await server.RunAsync("settings", "set", "--on-dead", "block", "--effects-per-day", "50000"));
        Assert.True(JToken.DeepEquals(JObject.Parse("""{"onDead":"block","quotas":{"effectsPerDay":50000}}"""), JObject.Parse(Assert.Single(server.Bodies))));
        Assert.Contains("effectsPerDay", server.Output, StringComparison.Ordinal);
        Assert.Equal(1, await server.RunAsync("settings", "set"));
    }

    [Fact]
    public async Task Verb_NobodyAnswers_SaysHowToStartTheServer()
    {
        Assert.Equal(1, await server.RunAsync("timers"));
        Assert.Contains("./run.sh", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_ServerRefuses_ShowsCodeAndPlaces()
    {
        server.On("POST /api/funnels/prodazhi/publish", """
            {"type":"urn:funnel:error:definition_invalid","title":"The funnel cannot be published.","status":400,"code":"definition_invalid","traceId":"t",
             "errors":[{"path":"triggers[0].if","code":"expression_invalid","message":"A value is missing.","line":1,"column":7}]}
            """, HttpStatusCode.BadRequest, "application/problem+json");
        Assert.Equal(1, await server.RunAsync("publish", "prodazhi"));
        Assert.Equal(
            ["definition_invalid: The funnel cannot be published.", "  triggers[0].if: expression_invalid: A value is missing. (line 1, column 7)"],
            server.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));
    }

    [Fact]
    public async Task Verb_AnswerIsAPage_SaysThatItIsAnotherServer()
    {
        server.On("GET /api/timers", "<html>");
        Assert.Equal(1, await server.RunAsync("timers"));
        Assert.Contains("--server", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Publish_SendsTheFileAsItIs()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"slug":"prodazhi"}""", TestContext.Current.CancellationToken);
            server.On("POST /api/funnels/import?publish=true", """{"slug":"prodazhi","version":3}""");
            Assert.Equal(0, await server.RunAsync("import", file, "--publish"));
            Assert.Equal("""{"slug":"prodazhi"}""", Assert.Single(server.Bodies));
            Assert.Equal("Published: prodazhi, version 3.", server.Output.Trim());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Export_Version_IsAskedForAndPrinted()
    {
        server.On("GET /api/funnels/prodazhi/export?version=2", "{\n  \"slug\": \"prodazhi\"\n}\n");
        Assert.Equal(0, await server.RunAsync("export", "prodazhi", "--version", "2"));
        Assert.Equal("{\n  \"slug\": \"prodazhi\"\n}", server.Output.Trim());
    }

    [Theory]
    [InlineData(0, """{"steps":4,"equal":true}""")]
    [InlineData(1, """{"steps":4,"equal":false,"difference":"variables.total"}""")]
    public async Task Replay_TellsWhetherTheJournalGivesTheStoredState(int code, string report)
    {
        server.On("POST /api/runs/0199a000-0000-7000-8000-000000000001/replay", report);
        Assert.Equal(code, await server.RunAsync("replay", "0199a000-0000-7000-8000-000000000001"));
        Assert.Contains(code == 0 ? "4 steps" : "variables.total", server.Output + server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_ControlCharactersInAName_DoNotReachTheTerminal()
    {
        server.On("GET /api/runs?deal=5&status=faulted", """{"items":[{"id":"1","name":"a\u001b[2J","status":"faulted"}]}""");
        Assert.Equal(0, await server.RunAsync("runs", "--deal", "5", "--status", "faulted"));
        Assert.DoesNotContain('\u001b', server.Output);
        Assert.Contains("faulted", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_Follow_GoesOnWithLiveRows()
    {
        server.On("GET /api/journal?deal=5", """[{"at":"2026-11-22T10:01:00Z","kind":"run","text":"second"},{"at":"2026-11-22T10:00:00Z","kind":"event","text":"first"}]""");
        server.On("GET /api/journal/live?deal=5", "data: {\"at\":\"2026-11-22T10:02:00Z\",\"kind\":\"run\",\"text\":\"third\"}\n\n: ping\n\n", type: "text/event-stream");
        Assert.Equal(0, await server.RunAsync("journal", "--deal", "5", "--follow"));
        Assert.Equal(["first", "second", "third"], server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split("  ")[^1]));
    }

    [Fact]
    public async Task Connect_AmoCrm_SendsAccountAndToken()
    {
        server.On("POST /api/connections", """{"id":"1","name":"crm","hookUrl":"https://h/hooks/amocrm/x","message":{"ru":"Готово.","en":"Done."}}""");
        Assert.Equal(0, await server.RunAsync("connect", "amocrm", "--subdomain", "demo", "--token", "t"));
        var body = JObject.Parse(Assert.Single(server.Bodies));
        Assert.Equal(("amocrm", "crm", "demo", "t"), ((string?)body["kind"], (string?)body["name"], (string?)body["subdomain"], (string?)body["secrets"]!["token"]));
        Assert.Contains("https://h/hooks/amocrm/x", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Generic_PrintsAddressAndSecret()
    {
        server.On("POST /api/connections", """{"id":"1","name":"shop","hookUrl":"https://h/hooks/generic/x","secret":"whsec_y"}""");
        Assert.Equal(0, await server.RunAsync("connect", "generic", "--name", "shop"));
        Assert.Contains("https://h/hooks/generic/x", server.Output, StringComparison.Ordinal);
        Assert.Contains("whsec_y", server.Output, StringComparison.Ordinal);
    }
}
