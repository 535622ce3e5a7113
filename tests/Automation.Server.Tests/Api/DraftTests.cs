using System.Net;
using System.Text;
using Automation.Engine.Api;
using Automation.Engine.Funnels;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>A draft as several people edit it, over HTTP.</summary>
public sealed class DraftTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task FiftyChanges_UndoneAndRedone_GiveTheSameFile()
    {
        var anna = await AccountAsync("fifty");
        var before = await ExportAsync(anna);
        for (var i = 0; i < 50; i++) await OkAsync(await ChangeAsync(anna, i % 5 == 4 ? null : "big", i));
        var after = await ExportAsync(anna);
        Assert.NotEqual(before, after);
        for (var i = 0; i < 50; i++) await OkAsync(await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        Assert.Equal(before, await ExportAsync(anna));
        await (await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel)).AssertProblemAsync(409, "nothing_to_do");
        for (var i = 0; i < 50; i++) await OkAsync(await anna.PostAsync("/api/funnels/sales/redo", Json("{}"), Cancel));
        Assert.Equal(after, await ExportAsync(anna));
        await (await anna.PostAsync("/api/funnels/sales/redo", Json("{}"), Cancel)).AssertProblemAsync(409, "nothing_to_do");
    }

    [Fact]
    public async Task Undo_AfterSomethingNew_CannotBeRedone()
    {
        var anna = await AccountAsync("anew");
        await OkAsync(await ChangeAsync(anna, "big", 1));
        await OkAsync(await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        var changed = await OkAsync(await ChangeAsync(anna, "small", 2));
        Assert.Null(changed["redo"]);
        await (await anna.PostAsync("/api/funnels/sales/redo", Json("{}"), Cancel)).AssertProblemAsync(409, "nothing_to_do");
        var rows = (await OkAsync(await anna.GetAsync("/api/funnels/sales/changes?lang=ru", Cancel)))["items"]!;
        Assert.Equal(["done", "dropped"], rows.Select(row => (string)row["state"]!));
        Assert.Equal("Карточка переименована в «name 2»", (string?)rows[0]!["name"]);
    }

    [Fact]
    public async Task TwoPeople_DifferentCards_NeitherLoses()
    {
        var anna = await AccountAsync("both");
        var boris = await PersonAsync(anna, "Борис");
        var read = await DraftAsync(anna);
        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Task.Run(async () => await OkAsync(await PutAsync(i % 2 == 0 ? anna : boris, read, new[] { "big", "small", "moved" }[i / 2], i % 2 == 0 ? one => one["name"] = $"A{i}" : one => one["enabled"] = false)))));
        var triggers = (await DraftAsync(anna))["document"]!["triggers"]!.ToDictionary(one => (string)one["id"]!);
        Assert.All(["big", "small", "moved"], id =>
        {
            Assert.StartsWith("A", (string?)triggers[id]["name"], StringComparison.Ordinal);
            Assert.False((bool)triggers[id]["enabled"]!);
        });
    }

    [Fact]
    public async Task Undo_WhatAnotherChangedLater_IsRefusedWithTheName()
    {
        var anna = await AccountAsync("later");
        var boris = await PersonAsync(anna, "Борис");
        await OkAsync(await ChangeAsync(anna, "big", 1));
        await OkAsync(await ChangeAsync(boris, "big", 2));
        var refused = await (await anna.PostAsync("/api/funnels/sales/undo?lang=ru", Json("{}"), Cancel)).AssertProblemAsync(409, "draft_conflict");
        Assert.Equal("Отменить нельзя: «name 2» потом изменили (Борис).", (string?)refused["title"]);
        // What Boris takes back, Anna may take back again.
        await OkAsync(await boris.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        await OkAsync(await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        Assert.Equal("Крупная сделка", (string?)(await DraftAsync(anna))["document"]!["triggers"]![0]!["name"]);
    }

    [Fact]
    public async Task ImportAndRestore_AreChangesThatCanBeTakenBack()
    {
        var anna = await AccountAsync("whole");
        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));
        await OkAsync(await ChangeAsync(anna, "big", 1));
        var mine = await ExportAsync(anna);
        await OkAsync(await anna.PostAsync("/api/funnels/sales/restore/1", null, Cancel));
        Assert.NotEqual(mine, await ExportAsync(anna));
        Assert.Equal("Put back version 1", (string?)(await OkAsync(await anna.GetAsync("/api/funnels/sales/draft?lang=en", Cancel)))["undo"]);
        await OkAsync(await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        Assert.Equal(mine, await ExportAsync(anna));
        await OkAsync(await anna.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel));
        await OkAsync(await anna.PostAsync("/api/funnels/sales/undo", Json("{}"), Cancel));
        Assert.Equal(mine, await ExportAsync(anna));
    }

    [Fact]
    public async Task WholeDrafts_SavedAtOnce_OneOfThemIsTaken_AndChangesBesideAreKept()
    {
        var anna = await AccountAsync("atonce");
        var read = (long)(await DraftAsync(anna))["revision"]!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => anna.SendAsync(
            new HttpRequestMessage(HttpMethod.Put, "/api/funnels/sales/draft") { Content = Json(Crm.Funnel("crm").Replace("Продажи", $"Продажи {i}", StringComparison.Ordinal)), Headers = { { "If-Match", $"\"{read}\"" } } }, Cancel))));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(read + 1, (long)(await DraftAsync(anna))["revision"]!);
        Assert.Single((await OkAsync(await anna.GetAsync("/api/funnels/sales/changes", Cancel)))["items"]!);
    }

    [Fact]
    public async Task Publish_ADraftThatWasChangedMeanwhile_IsRefused()
    {
        var anna = await AccountAsync("looked");
        var looked = (long)(await DraftAsync(anna))["revision"]!;
        await OkAsync(await ChangeAsync(anna, "big", 1));
        await (await anna.PostAsync($"/api/funnels/sales/publish?revision={looked}", null, Cancel)).AssertProblemAsync(412, "draft_changed");
        Assert.Equal(1, (int)(await OkAsync(await anna.PostAsync($"/api/funnels/sales/publish?revision={looked + 1}", null, Cancel)))["version"]!);
    }

    [Fact]
    public async Task Explanation_OfNamesThatLookLikeMarkdown_StaysText()
    {
        var anna = await AccountAsync("plain");
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["name"] = "[x](javascript:1)\n# y"));
        var text = await (await anna.GetAsync("/api/funnels/sales/explain?lang=ru", Cancel)).Content.ReadAsStringAsync(Cancel);
        Assert.Contains(@"**\[x](javascript:1) \# y**", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_TellsChangesAndPeople()
    {
        var anna = await AccountAsync("signs");
        var boris = await PersonAsync(anna, "Борис");
        using var live = await anna.SendAsync(new(HttpMethod.Get, "/api/funnels/sales/draft/live"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var signs = new StreamReader(await live.Content.ReadAsStreamAsync(Cancel));
        var opened = await SignAsync(signs);
        var changed = await OkAsync(await ChangeAsync(boris, "big", 1));
        JObject told;
        do told = await SignAsync(signs);
        while ((long)told["revision"]! == (long)opened["revision"]!);
        Assert.Equal(((long)changed["revision"]!, 1), ((long)told["revision"]!, told["people"]!.Count()));
    }

    [Fact]
    public async Task Checks_SayWhatIsWrongWhereAndPutItRight()
    {
        var anna = await AccountAsync("checks");
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["when"] = new JObject { ["event"] = "field_changed", ["field"] = "Гoрод" }));
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "small", one => one["then"] = Move("68120454")));
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "moved", one => one["then"] = Move("68120450")));
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "small", one => one["when"]!["event"] = "entered_stage"));
        var problems = (await OkAsync(await anna.GetAsync("/api/funnels/sales/draft?lang=ru", Cancel)))["problems"]!;
        var field = problems.Single(one => (string?)one["code"] == "field_unknown");
        Assert.Equal(("error", "big", "when", "В CRM нет поля «Гoрод»."), ((string)field["severity"]!, (string)field["part"]!, (string)field["place"]!, (string)field["message"]!));
        Assert.Equal("Заменить на «Город»", (string?)field["fixes"]![0]!["title"]);
        var loop = problems.Single(one => (string?)one["code"] == "loop");
        Assert.Equal(("warning", "Сделка может ходить по кругу: «Мелкая сделка» переводит на «Квалификация», «Переход» переводит на «Новая»."), ((string)loop["severity"]!, (string)loop["message"]!));
        await (await anna.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "field_unknown");
        foreach (var wrong in new[] { field, loop }) await OkAsync(await anna.PostAsync("/api/funnels/sales/changes", Json(wrong["fixes"]![0]!["edit"]!.ToString()), Cancel));
        Assert.DoesNotContain((await DraftAsync(anna))["problems"]!, one => (string?)one["code"] is "field_unknown" or "loop");
        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));

        static JObject Move(string stage) => JObject.Parse($$"""{"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"m","type":"Crm.ChangeStage","version":1,"stageId":{"typeName":"String","expression":{"type":"Literal","value":"{{stage}}"} } }]} }""");
    }

    [Fact]
    public async Task Id_OfAnotherPublishedFunnelsTrigger_IsRefusedAndPutRight()
    {
        var anna = await AccountAsync("taken-ids");
        var other = JObject.Parse(Crm.Funnel("crm"));
        (other["slug"], other["name"]) = ("partners", "Партнёры");
        await OkAsync(await anna.PostAsync("/api/funnels/import", Json(other.ToString()), Cancel));
        // While neither is published nothing can be mixed up.
        Assert.DoesNotContain((await DraftAsync(anna))["problems"]!, IsTaken);
        await OkAsync(await anna.PostAsync("/api/funnels/partners/publish", null, Cancel));
        await OkAsync(await anna.PostAsync("/api/funnels/partners/publish", null, Cancel));
        await (await anna.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "trigger_id_taken");
        while ((await OkAsync(await anna.GetAsync("/api/funnels/sales/draft?lang=ru", Cancel)))["problems"]!.FirstOrDefault(IsTaken) is { } problem)
        {
            Assert.Equal("error", (string?)problem["severity"]);
            Assert.Contains("«Партнёры»", (string?)problem["message"], StringComparison.Ordinal);
            await OkAsync(await anna.PostAsync("/api/funnels/sales/changes", Json(problem["fixes"]!.Single()["edit"]!.ToString()), Cancel));
        }

        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));
        var mended = JObject.Parse(await ExportAsync(anna))["triggers"]!.Select(one => ((string?)one["id"], (string?)one["name"])).ToList();
        Assert.Equal(other["triggers"]!.Select(one => ((string?)$"{one["id"]}-sales", (string?)one["name"])), mended);

        static bool IsTaken(JToken problem) => (string?)problem["code"] == "trigger_id_taken";
    }

    [Fact]
    public async Task Step_WithoutWhatItNeeds_IsNamedWithItsInput_AndKeepsTheDraftFromBeingPublished()
    {
        var anna = await AccountAsync("required");
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["then"] = JObject.Parse("""{"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"sms","type":"Crm.SendSms","version":1}]}}""")));
        var problem = (await OkAsync(await anna.GetAsync("/api/funnels/sales/draft?lang=ru", Cancel)))["problems"]!.Single(one => (string?)one["code"] == "input_empty");
        Assert.Equal(("error", "big", "then/sms/text", "Шаг «Отправить SMS»: заполните «Текст»."), ((string)problem["severity"]!, (string)problem["part"]!, (string)problem["place"]!, (string)problem["message"]!));
        await (await anna.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "input_empty");
    }

    [Fact]
    public async Task Step_WithATextThatCannotBeRead_IsNamedWithItsInput_AndKeepsTheDraftFromBeingPublished()
    {
        var anna = await AccountAsync("unreadable");
        var then = JObject.Parse("""{"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"sms","type":"Crm.SendSms","version":1,"text":{"typeName":"String","expression":{"type":"JavaScript","value":"const name = contact.name;\nreturn ("}}}]}}""");
        // The draft is saved as it is.
        var saved = await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["then"] = then));
        Assert.Contains("return (", await ExportAsync(anna), StringComparison.Ordinal);
        Assert.Contains(saved["problems"]!, one => (string?)one["place"] == "then/sms/text");
        var whole = await OkAsync(await anna.PutAsync("/api/funnels/sales/draft", Json(await ExportAsync(anna)), Cancel));
        Assert.Equal(("triggers[0].then.root.activities[0].text", 2), ((string?)whole["problems"]!.Single()["path"], (int)whole["problems"]!.Single()["line"]!));

        var problem = (await OkAsync(await anna.GetAsync("/api/funnels/sales/draft?lang=ru", Cancel)))["problems"]!.Single(one => (string?)one["severity"] == "error");
        Assert.Equal(("expression_invalid", "big", "then/sms/text"), ((string)problem["code"]!, (string)problem["part"]!, (string)problem["place"]!));
        Assert.StartsWith("Шаг «Отправить SMS»: «Текст» не читается, строка 2: ", (string?)problem["message"], StringComparison.Ordinal);

        var refused = await (await anna.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "expression_invalid");
        var place = Assert.Single(refused["errors"]!);
        Assert.Equal(("triggers[0].then.root.activities[0].text", 2), ((string?)place["path"], (int)place["line"]!));
        Assert.StartsWith("The step “Send SMS”: “Text” cannot be read (line 2): ", (string?)place["message"], StringComparison.Ordinal);
        Assert.Null(await VersionAsync());

        then["root"]!["activities"]![0]!["text"]!["expression"]!["value"] = "return `Здравствуйте, ${contact.name}`;";
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["then"] = then));
        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));
        Assert.Equal(1, await VersionAsync());

        async Task<int?> VersionAsync() => (int?)(await OkAsync(await anna.GetAsync("/api/funnels/sales", Cancel)))["version"];
    }

    [Theory]
    [InlineData("[deal.price] > 100 and [deal.price] < 50", true)]
    [InlineData("[deal.price] > 100 and [deal.price] <= 100", true)]
    [InlineData("[deal.price] >= 100 and [deal.price] <= 100", false)]
    [InlineData("[deal.Город] = 'Казань' and [deal.Город] = 'Москва'", true)]
    [InlineData("[deal.Город] = 'Казань' or [deal.Город] = 'Москва'", false)]
    [InlineData("deal.stage_id = '68120454'", true)]
    [InlineData("deal.stage_id = '68120450'", false)]
    [InlineData("[deal.price] > 100 and ([deal.price] < 50 or hastag('vip'))", false)]
    public async Task Checks_AConditionThatCanNeverHold_IsTold(string condition, bool never)
    {
        var anna = await AccountAsync($"never{(uint)condition.GetHashCode(StringComparison.Ordinal)}");
        var changed = await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["if"]!["text"] = condition));
        Assert.Equal(never, changed["problems"]!.Any(one => (string?)one["code"] == "never_true" && (string?)one["part"] == "big"));
    }

    [Fact]
    public async Task DifferenceAndExplanation_AreSentences()
    {
        var anna = await AccountAsync("words");
        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));
        Assert.Empty((await OkAsync(await anna.GetAsync("/api/funnels/sales/diff?lang=ru", Cancel)))["items"]!);
        await OkAsync(await PutAsync(anna, await DraftAsync(anna), "big", one => one["if"]!["text"] = "[deal.price] >= 50000"));
        await OkAsync(await ChangeAsync(anna, null, 7));
        var lines = (await OkAsync(await anna.GetAsync("/api/funnels/sales/diff?lang=ru", Cancel)))["items"]!;
        Assert.Equal(["changed", "added"], lines.Select(line => (string)line["kind"]!));
        Assert.Contains("бюджет ≥ 30\u00a0000 → бюджет ≥ 50\u00a0000", (string)lines[0]!["text"]!, StringComparison.Ordinal);
        var text = await (await anna.GetAsync("/api/funnels/sales/explain?lang=ru", Cancel)).Content.ReadAsStringAsync(Cancel);
        Assert.Contains("# Продажи", text, StringComparison.Ordinal);
        Assert.Contains("**Крупная сделка**", text, StringComparison.Ordinal);
        await (await anna.GetAsync("/api/funnels/sales/diff?from=9", Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task Funnel_MadeStoppedAndRemoved()
    {
        var anna = await AccountAsync("life");
        var made = await OkAsync(await anna.PostAsync("/api/funnels", Json("""{"name":"Ёлки и палки"}"""), Cancel));
        Assert.Equal("elki-i-palki", (string?)made["slug"]);
        Assert.Equal("elki-i-palki-2", (string?)(await OkAsync(await anna.PostAsync("/api/funnels", Json("""{"name":"Ёлки и палки"}"""), Cancel)))["slug"]);
        Assert.NotEmpty((await OkAsync(await anna.GetAsync("/api/funnels/elki-i-palki/draft", Cancel)))["document"]!["stages"]!);
        await (await anna.PostAsync("/api/funnels", Json("""{"name":" "}"""), Cancel)).AssertProblemAsync(400, "payload_invalid");
        await OkAsync(await anna.PostAsync("/api/funnels/sales/publish", null, Cancel));
        await (await anna.DeleteAsync(new Uri("/api/funnels/sales", UriKind.Relative), Cancel)).AssertProblemAsync(409, "funnel_runs");
        Assert.Null((await OkAsync(await anna.PostAsync("/api/funnels/sales/unpublish", null, Cancel)))["version"]);
        Assert.Equal(HttpStatusCode.NoContent, (await anna.DeleteAsync(new Uri("/api/funnels/sales", UriKind.Relative), Cancel)).StatusCode);
        await (await anna.GetAsync("/api/funnels/sales/draft", Cancel)).AssertProblemAsync(404, "not_found");
    }

    private async Task<HttpClient> AccountAsync(string slug)
    {
        var (account, key) = await server.AddAccountAsync(slug);
        await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        await OkAsync(await client.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel));
        return client;
    }

    /// <summary>Another person: a key of its own.</summary>
    private async Task<HttpClient> PersonAsync(HttpClient admin, string name)
    {
        var key = await OkAsync(await admin.PostAsync("/api/keys", Json($$"""{"name":"{{name}}","role":"{{Roles.Editor}}"}"""), Cancel));
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", (string)key["key"]!);
        return client;
    }

    /// <summary>Renames a card; without one, adds a card.</summary>
    private static async Task<HttpResponseMessage> ChangeAsync(HttpClient api, string? card, int number)
    {
        if (card is not null) return await PutAsync(api, await DraftAsync(api), card, one => one["name"] = $"name {number}");
        var trigger = new JObject { ["id"] = $"new-{number}", ["name"] = $"New {number}", ["when"] = new JObject { ["event"] = TriggerEvents.Manual } };
        return await SendAsync(api, new JObject { ["key"] = "added", ["values"] = new JArray($"New {number}") }, new JObject { ["part"] = $"new-{number}", ["after"] = trigger });
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient api, JObject draft, string card, Action<JObject> change)
    {
        var before = (JObject)draft["document"]!["triggers"]!.Single(one => (string?)one["id"] == card);
        var after = (JObject)before.DeepClone();
        change(after);
        return SendAsync(api, new JObject { ["key"] = "renamed", ["values"] = new JArray(after["name"]!) }, new JObject { ["part"] = card, ["before"] = before, ["after"] = after });
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient api, JObject name, JObject edit) =>
        api.PostAsync("/api/funnels/sales/changes", Json(new JObject { ["name"] = name, ["edits"] = new JArray(edit) }.ToString()), Cancel);

    private static async Task<JObject> DraftAsync(HttpClient api) => await OkAsync(await api.GetAsync("/api/funnels/sales/draft", Cancel));

    private static async Task<string> ExportAsync(HttpClient api) => await (await api.GetAsync("/api/funnels/sales/export?version=draft", Cancel)).Content.ReadAsStringAsync(Cancel);

    private static async Task<JObject> SignAsync(StreamReader signs)
    {
        string? line;
        while ((line = await signs.ReadLineAsync(Cancel)) is not null && !line.StartsWith("data: ", StringComparison.Ordinal)) { }
        return JObject.Parse(line!["data: ".Length..]);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JObject> OkAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JObject.Parse(text);
    }
}
