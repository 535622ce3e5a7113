using System.Text.RegularExpressions;
using Automation.Engine.Api;
using Automation.Engine.Ports;
using Automation.Server.Tests.Api;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>What Studio shows of activities and their inputs: lists that can be chosen from, in the person's language.</summary>
public sealed partial class DescriptorTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] Lists = ["expression-descriptors", "storage-drivers", "variables", "workflow-activation-strategies", "incident-strategies", "log-persistence-strategies"];

    private static readonly CrmDirectory Shop = new(
        "1", "Shop", "Europe/Moscow",
        [new("10", "Продажи", true, [new("10", "20", "Встреча", null, 1, "ordinary"), new("10", "142", "Успешно", null, 2, "won")]), new("11", "Сервис", false, [new("11", "142", "Успешно", null, 1, "won")])],
        [new("deal", "77", "Город", "text", null, new Dictionary<string, string>()), new("contact", "78", "Почта", "text", null, new Dictionary<string, string>())],
        [new("5", "Анна", null, true), new("6", "Ушедший", null, false)], []);

    private static readonly CrmDirectory Branch = Shop with { Pipelines = [new("30", "Опт", true, [new("30", "40", "Новая", null, 1, "ordinary")])], Fields = [new("deal", "79", "Город", "text", null, new Dictionary<string, string>())], Users = [new("9", "Борис", null, true)] };

    private static CancellationToken Cancel => TestServer.Cancel;

    /// <summary>Also where no CRM was read yet: then such a value is written by hand.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lists_OfEveryActivity_HaveSomethingToChooseOrAreAskedFor(bool crm)
    {
        using var elsa = await ElsaClient.NewAsync(server);
        if (crm) await server.AddConnectionAsync("amocrm", "crm", elsa.Account, Shop);

        await ElsaClient.ReadAsync(await elsa.Http.PutAsync("/api/message-templates/visit", ElsaClient.Json(new JObject { ["title"] = "Визит", ["text"] = "Ждём вас", ["mark"] = "service" }), Cancel));

        var empty = from activity in await ActivitiesAsync(elsa)
                    from input in activity["inputs"]!
                    where (string?)input["uiHint"] is "dropdown" or "checklist" or "radiolist" && Items(input["uiSpecifications"]).Count == 0
                    select $"{activity["typeName"]}/options/{input["name"]}";

        foreach (var list in empty) Assert.True(Items((await elsa.PostAsync($"descriptors/activities/{list}", []))["items"]).Count > 0, list);
    }

    [Fact]
    public async Task Lists_OfTheCrm_AreThoseOfTheForms()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        await server.AddConnectionAsync("amocrm", "crm", elsa.Account, Shop);
        await server.AddConnectionAsync("smsc", "sms", elsa.Account);
        var all = await ActivitiesAsync(elsa);

        Assert.Equal(("checklist", "5=Анна"), Seen(all, "Crm.AssignManager", "Candidates"));
        Assert.Equal(("checklist", "10=Продажи|11=Сервис"), Seen(all, "Crm.AssignManager", "LoadPipelines"));
        Assert.Equal(("checklist", "10/20=Продажи: Встреча|10/142=Продажи: Успешно|11/142=Сервис: Успешно"), Seen(all, "Crm.AssignManager", "LoadStages"));
        Assert.Equal(("dropdown", "20=Продажи: Встреча|142=Успешно"), Seen(all, "Crm.ChangeStage", "StageId"));
        Assert.Equal(("dropdown", "crm=crm|sms=sms"), Seen(all, "Crm.SendSms", "Connection"));
        Assert.Equal(("dropdown", "Город=Город"), Seen(all, "Crm.SyncBooking", "ServiceField"));
        Assert.Contains("ru=", Seen(all, "Automation.Wait", "Calendar").Items, StringComparison.Ordinal);
        Assert.Equal(("checklist", "Journal=Журнал запуска"), Seen(all, "Elsa.Log", "SinkNames"));
        Assert.Equal(("dropdown", "=Основной"), Seen(all, "Elsa.DispatchWorkflow", "ChannelName"));

        var asked = await elsa.PostAsync("descriptors/activities/Crm.AssignManager/options/Candidates", []);
        Assert.Equal("5", (string?)Assert.Single(Items(asked["items"]))["value"]);
        Assert.True((bool)asked["items"]!["Refresh"]!);
    }

    [Fact]
    public async Task Lists_OfSeveralCrms_StandBehindTheirNames()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        await server.AddConnectionAsync("amocrm", "a", elsa.Account, Shop);
        await server.AddConnectionAsync("amocrm", "b", elsa.Account, Branch);
        var all = await ActivitiesAsync(elsa);

        Assert.Equal(("dropdown", "10=a: Продажи|11=a: Сервис|30=b: Опт"), Seen(all, "Crm.ChangeStage", "PipelineId"));
        Assert.Equal(("checklist", "5=a: Анна|9=b: Борис"), Seen(all, "Crm.AssignManager", "Candidates"));
        Assert.Equal(("dropdown", "Город=Город"), Seen(all, "Crm.SyncBooking", "ServiceField"));
    }

    [Fact]
    public async Task HttpRequest_IsAsElsaDescribesIt()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        var all = await ActivitiesAsync(elsa);

        foreach (var type in new[] { "Elsa.SendHttpRequest", "Elsa.FlowSendHttpRequest" })
        {
            Assert.Equal("GET=GET|POST=POST|PUT=PUT|PATCH=PATCH|DELETE=DELETE|HEAD=HEAD|OPTIONS=OPTIONS", Seen(all, type, "Method").Items);
            Assert.StartsWith("=По содержимому тела|application/json=application/json|", Seen(all, type, "ContentType").Items, StringComparison.Ordinal);
            var activity = all.Single(one => (string?)one["typeName"] == type);
            Assert.Equal("HTTP", (string?)activity.SelectToken("customProperties.ResilienceCategory"));
            Assert.False((bool)activity["outputs"]!.Single(output => (string?)output["name"] == "Result")["isSerializable"]!);
        }

        Assert.Equal("Default", (string?)all.Single(one => (string?)one["typeName"] == "Crm.SendSms").SelectToken("customProperties.ResilienceCategory"));
        foreach (var (category, count) in new[] { ("", 3), ("?category=HTTP", 3), ("?category=Default", 3), ("?category=Other", 0) })
            Assert.Equal((category, count), (category, (int)(await elsa.GetAsync($"resilience/strategies{category}"))["count"]!));
    }

    [Fact]
    public async Task Words_InRussian_LeaveNothingInEnglish()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        var told = new List<(string Place, string? Text)>();
        foreach (var activity in await ActivitiesAsync(elsa))
        {
            var type = (string)activity["typeName"]!;
            told.AddRange(Told(type, activity, "displayName", "description", "category"));
            foreach (var input in activity["inputs"]!)
            {
                told.AddRange(Told($"{type}.{input["name"]}", input, "displayName", "description", "category"));
                told.AddRange(Items(input["uiSpecifications"]).Select(item => ($"{type}.{input["name"]}.{item["value"]}", (string?)item["text"])));
            }

            foreach (var member in activity["outputs"]!.Concat(activity["ports"]!)) told.AddRange(Told($"{type}.{member["name"]}", member, "displayName", "description"));
        }

        foreach (var list in Lists)
        {
            // Types of variables have the names that documents have.
            foreach (var item in (await elsa.GetAsync($"descriptors/{list}"))["items"]!) told.AddRange(Told($"{list}: {item["typeName"]}", item, list == "variables" ? ["category"] : ["displayName", "description"]));
        }

        foreach (var strategy in (await elsa.GetAsync("resilience/strategies"))["items"]!) told.AddRange(Told("resilience", strategy, "displayName"));

        Assert.True(told.Count > 500);
        Assert.Empty(told.Where(one => one.Text is { Length: > 0 } text && Latin().IsMatch(text) && !Russian().IsMatch(text) && !Proper().IsMatch(text)).Select(one => $"{one.Place}: {one.Text}"));
        // What a document keeps is not translated.
        Assert.Contains(told, one => one == ("Elsa.If.Then", "Тогда"));
        Assert.Contains(told, one => one == ("Elsa.FlowDecision.True", "Да"));
    }

    [Fact]
    public async Task Words_AreInTheLanguageOfThePerson_NotOfTheAccount()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        var people = new People(server.Client, elsa.Key);
        var cookie = await people.JoinAsync($"{elsa.Slug}-ann", Roles.Editor);
        Assert.Equal("Тогда", await ThenAsync(people, cookie));

        Assert.True((await people.ByCookieAsync(cookie, "PUT", "/api/session/preferences", new { language = "en" })).IsSuccessStatusCode);

        Assert.Equal("Then", await ThenAsync(people, cookie));
        Assert.Equal("Тогда", (string?)(await ActivitiesAsync(elsa)).Single(one => (string?)one["typeName"] == "Elsa.If").SelectToken("ports[0].displayName"));
    }

    // By a key for the page that holds Studio.
    private async Task<string?> ThenAsync(People people, string cookie)
    {
        using var http = server.NewClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string)(await (await people.ByCookieAsync(cookie, "POST", "/api/session/studio", new { })).JsonAsync())["key"]!);
        Assert.Equal(["Then", "Always"], [.. await NamesAsync(http, "activities", "Elsa.If", "ports[0].name"), .. await NamesAsync(http, "workflow-activation-strategies", "Always", "typeName")]);
        return (await NamesAsync(http, "activities", "Elsa.If", "ports[0].displayName")).Single();
    }

    private static async Task<IEnumerable<string?>> NamesAsync(HttpClient http, string list, string type, string path)
    {
        var items = (await ElsaClient.ReadAsync(await http.GetAsync($"/elsa/api/descriptors/{list}", Cancel)))["items"]!;
        return items.Where(item => (string?)item["typeName"] == type).Select(item => (string?)item.SelectToken(path));
    }

    private static async Task<List<JToken>> ActivitiesAsync(ElsaClient elsa) => [.. (await elsa.GetAsync("descriptors/activities"))["items"]!];

    private static (string? Hint, string Items) Seen(IEnumerable<JToken> all, string type, string name)
    {
        var input = all.Single(one => (string?)one["typeName"] == type)["inputs"]!.Single(one => (string?)one["name"] == name);
        return ((string?)input["uiHint"], string.Join('|', Items(input["uiSpecifications"]).Select(item => $"{item["value"]}={item["text"]}")));
    }

    private static List<JToken> Items(JToken? specifications) => [.. specifications?.SelectTokens("*.*.items[*]") ?? []];

    private static IEnumerable<(string, string?)> Told(string place, JToken from, params string[] members) => members.Select(member => (place, (string?)from[member]));

    [GeneratedRegex("[A-Za-z]")]
    private static partial Regex Latin();

    [GeneratedRegex("[А-Яа-я]")]
    private static partial Regex Russian();

    // Short names in capitals (SMS, HTTP, GET), languages, media types.
    [GeneratedRegex("^([A-Z]+|JavaScript|Liquid|NCalc|[a-z]+/[a-z+-]+)$")]
    private static partial Regex Proper();
}
