using System.Net;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class TrialTests
{
    private readonly StubServer server = new();

    [Fact]
    public async Task Try_OnADeal_SaysEachTriggerAndItsSteps()
    {
        server.On("POST /api/funnels/sales/try?lang=en", """
            {"deal":"5","dealName":"Window","text":"Moved","at":"2026-11-22T10:00:00Z","notes":["somebody stands for the contact"],"triggers":[
              {"id":"sms","name":"SMS","outcome":"fired","reason":"fired","text":"fired","seen":[],"endText":"would run to its end","steps":[
                {"name":"Send SMS","status":"done","outcomes":[],"acts":[{"act":"sms","text":"Would send an SMS to +7916***01: “Hello”"}],"waits":[]}]},
              {"id":"vip","name":"VIP","outcome":"no","reason":"condition_false","text":"its condition is not met","first":"price > 10","seen":[{"name":"price","value":"5"}],"steps":[]}]}
            """);
        Assert.Equal(0, await server.RunAsync("try", "sales", "--deal", "5", "--trigger", "sms", "--lang", "en"));
        var body = JObject.Parse(Assert.Single(server.Bodies));
        Assert.Equal(("5", "sms"), ((string?)body["entity"], (string?)body["trigger"]));
        Assert.Equal(
            [
                "Trial: 5 Window  Moved",
                "  ✓ SMS  fired — would run to its end",
                "      · Send SMS",
                "          Would send an SMS to +7916***01: “Hello”",
                "  ✗ VIP  its condition is not met",
                "      ✗ price > 10",
                "      price = 5",
                "! somebody stands for the contact",
            ],
            Lines());
    }

    [Fact]
    public async Task BackTest_WaitsForItsEnd_AndSaysWhatDiffers()
    {
        server.On("POST /api/funnels/sales/back-tests?lang=en", """{"id":"b1","status":"running","days":3}""", HttpStatusCode.Accepted);
        server.On("GET /api/funnels/sales/back-tests/b1?lang=en", """
            {"id":"b1","status":"done","days":3,"played":12,"version":2,"result":{"deals":4,"notes":[],"cards":[
              {"trigger":"sms","name":"SMS","draft":{"fired":1,"skipped":2,"waiting":0,"failed":0,"acts":[{"act":"sms","count":1}]},"published":{"fired":3,"skipped":0,"waiting":0,"failed":0,"acts":[]},
               "examples":[{"side":"published","deal":"7","name":"Door","at":"2026-11-22T10:00:00Z","reason":"its condition is not met"}]}]}}
            """);
        Assert.Equal(0, await server.RunAsync("back-test", "sales", "--days", "3", "--lang", "en"));
        Assert.Equal(3, (int)JObject.Parse(server.Bodies[0])["days"]!);
        Assert.Equal(
            [
                "Trial over 3 days: 12 events, 4 deals. Draft against version 2",
                "  SMS",
                "      draft         fired 1, skipped 2, waiting 0; sms 1",
                "      published     fired 3, skipped 0, waiting 0",
                "      − № 7 Door  2026-11-22T10:00:00Z  its condition is not met",
            ],
            Lines());
    }

    [Fact]
    public async Task BackTest_ThatFailed_SaysWhyAndFails()
    {
        server.On("POST /api/funnels/sales/back-tests?lang=en", """{"id":"b1","status":"failed","days":3,"error":"Interrupted: the server stopped"}""", HttpStatusCode.Accepted);
        Assert.Equal(1, await server.RunAsync("back-test", "sales", "--lang", "en"));
        Assert.Contains("Interrupted", server.Error, StringComparison.Ordinal);
    }

    private IEnumerable<string> Lines() => server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'));
}
