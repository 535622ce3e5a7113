using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class WhyTests
{
    private const string Answer = """
        {"deal":"5","text":"1 of 3 triggers fired.","waiting":{"text":"Not looked at yet: 1; the first came","at":"2026-11-22T11:00:00Z"},"event":{"id":"e1","kind":"deal_stage_changed","at":"2026-11-22T10:00:00Z"},"verdicts":[
          {"triggerId":"sms","triggerName":"SMS","outcome":"fired","reason":"fired","seen":[],"now":[{"text":"waits for an event"}]},
          {"triggerId":"vip","triggerName":"VIP call","outcome":"no","reason":"condition_false","seen":[{"path":"deal.price","value":100},{"path":"deal.name","value":"Заказ"}]},
          {"triggerId":"late","triggerName":"Late","outcome":"scheduled","reason":"scheduled","dueAt":"2026-11-23T10:00:00Z","seen":[]}]}
        """;

    private readonly StubServer server = new();

    [Fact]
    public async Task Why_EachTrigger_HasItsMarkReasonAndValues()
    {
        server.On("GET /api/why?deal=5&lang=en&event=e1", Answer);
        Assert.Equal(0, await server.RunAsync("why", "--deal", "5", "--event", "e1", "--lang", "en"));
        Assert.Equal(
            [
                "1 of 3 triggers fired.",
                "Not looked at yet: 1; the first came 2026-11-22T11:00:00Z",
                "2026-11-22T10:00:00Z  deal_stage_changed  e1",
                "  ✓ SMS       fired",
                "              waits for an event",
                "  ✗ VIP call  its condition is not met",
                "              deal.price = 100",
                "              deal.name = Заказ",
                "  ⏱ Late      scheduled; it looks again when the time comes (2026-11-23T10:00:00Z)",
            ],
            server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));
    }

    [Fact]
    public async Task Why_Russian_SpeaksRussian()
    {
        server.On("GET /api/why?deal=5&lang=ru", Answer);
        Assert.Equal(0, await server.RunAsync("why", "--deal", "5", "--lang", "ru"));
        Assert.Contains("условие не выполнено", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_Json_GivesTheAnswerItself()
    {
        server.On("GET /api/why?deal=5&lang=en", Answer);
        await server.RunAsync("why", "--deal", "5", "--lang", "en", "--json");
        Assert.Equal(3, ((Newtonsoft.Json.Linq.JArray)Newtonsoft.Json.Linq.JObject.Parse(server.Output)["verdicts"]!).Count);
    }

    [Fact]
    public async Task Why_NoEvents_SaysSo()
    {
        server.On("GET /api/why?deal=5&lang=en", """{"events":[]}""");
        await server.RunAsync("why", "--deal", "5", "--lang", "en");
        Assert.Equal("There were no events of deal 5 yet.", server.Output.Trim());
    }
}
