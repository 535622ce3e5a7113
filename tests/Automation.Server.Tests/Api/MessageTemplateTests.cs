using System.Net;
using System.Text;
using Automation.Server.Tests.Elsa;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>Message templates over HTTP, and what names them.</summary>
public sealed class MessageTemplateTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Flow = """{"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"connections":[],"activities":[{"id":"sms","type":"Crm.SendSms","version":1,"template":{"typeName":"String","expression":{"type":"Literal","value":"visit"}}}]}}""";

    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Template_SavedChangedRemoved_StaysInItsAccount()
    {
        var (api, other) = (await AccountAsync("texts"), await AccountAsync("texts-other"));
        var saved = await OkAsync(await SaveAsync(api, "visit", new { title = " Визит ", text = "Ждём вас, {{ contact.name }}", subject = "Визит", mark = "advertising" }));
        Assert.Equal(("visit", "Визит", "advertising", "test"), ((string)saved["name"]!, (string)saved["title"]!, (string)saved["mark"]!, (string)saved["updatedBy"]!));
        await OkAsync(await SaveAsync(api, "visit", new { title = "Визит", text = "Ждём вас" }));

        var kept = (await OkAsync(await api.GetAsync("/api/message-templates", Cancel)))["items"]!.Single();
        Assert.Equal(("Ждём вас", null, "service"), ((string?)kept["text"], (string?)kept["subject"], (string?)kept["mark"]));
        Assert.True(JToken.DeepEquals(kept, await OkAsync(await api.GetAsync("/api/message-templates/visit", Cancel))));
        Assert.Empty((await OkAsync(await other.GetAsync("/api/message-templates", Cancel)))["items"]!);
        await (await other.GetAsync("/api/message-templates/visit", Cancel)).AssertProblemAsync(404, "not_found");
        await (await other.DeleteAsync("/api/message-templates/visit", Cancel)).AssertProblemAsync(404, "not_found");

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("/api/message-templates/visit", Cancel)).StatusCode);
        await (await api.GetAsync("/api/message-templates/visit", Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("visit", "Визит", "раз\n{{ contact.name", null, "text", "expression_invalid")]
    [InlineData("visit", "Визит", "раз", "{% if %}", "subject", "expression_invalid")]
    [InlineData("visit", "", "раз", null, "title", "template_invalid")]
    [InlineData("visit", "Визит", " ", null, "text", "template_invalid")]
    [InlineData("на визит", "Визит", "раз", null, "name", "template_invalid")]
    public async Task Save_WhatCannotBeSent_SavesNothingAndNamesThePlace(string name, string title, string text, string? subject, string path, string code)
    {
        var api = await AccountAsync($"wrong-{path}-{text.Length}");
        var problem = await (await SaveAsync(api, name, new { title, text, subject })).AssertProblemAsync(400, "template_invalid");

        var place = problem["errors"]!.Single();
        Assert.Equal((path, code), ((string?)place["path"], (string?)place["code"]));
        if (code == "expression_invalid") Assert.StartsWith("Здесь ошибка: ", (string?)problem["title"], StringComparison.Ordinal);
        Assert.Empty((await OkAsync(await api.GetAsync("/api/message-templates", Cancel)))["items"]!);
    }

    [Fact]
    public async Task Remove_WhileAFunnelUsesIt_IsRefusedByName()
    {
        var api = await AccountAsync("used");
        await OkAsync(await SaveAsync(api, "visit", new { title = "Визит", text = "Ждём вас" }));
        await OkAsync(await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel));
        var plain = await DraftAsync(api);
        await OkAsync(await PutAsync(api, Flow));

        // The draft alone.
        var used = await (await api.DeleteAsync("/api/message-templates/visit", Cancel)).AssertProblemAsync(409, "template_in_use");
        Assert.Equal("Шаблон «visit» используют: «Продажи». Выберите там другой текст.", (string?)used["title"]);
        Assert.Equal("funnels/sales", (string?)used["errors"]!.Single()["path"]);

        // What is published, though the draft does no more.
        await OkAsync(await api.PostAsync("/api/funnels/sales/publish", null, Cancel));
        await OkAsync(await PutAsync(api, plain["document"]!["triggers"]![0]!["then"]!.ToString()));
        await (await api.DeleteAsync("/api/message-templates/visit", Cancel)).AssertProblemAsync(409, "template_in_use");

        await OkAsync(await api.PostAsync("/api/funnels/sales/publish", null, Cancel));
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("/api/message-templates/visit", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Remove_WhileAWorkflowUsesIt_IsRefusedByName()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        await OkAsync(await SaveAsync(elsa.Http, "visit", new { title = "Визит", text = "Ждём вас" }));
        var workflow = await elsa.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("sms", "Crm.SendSms", ("template", "Literal", "visit"))), "Напоминание", publish: false);

        var used = await (await elsa.Http.DeleteAsync("/api/message-templates/visit?lang=en", Cancel)).AssertProblemAsync(409, "template_in_use");

        Assert.Equal("The template “visit” is used by «Напоминание». Choose another text there first.", (string?)used["title"]);
        Assert.Equal($"workflows/{workflow["definitionId"]}", (string?)used["errors"]!.Single()["path"]);
    }

    [Fact]
    public async Task Draft_WithATemplateInsteadOfAText_LacksNothing_AndSaysWhenItIsGone()
    {
        var api = await AccountAsync("instead");
        await OkAsync(await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel));
        await OkAsync(await PutAsync(api, Flow));
        var problems = (await DraftAsync(api))["problems"]!;
        var gone = problems.Single(one => (string?)one["code"] == "template_missing");
        Assert.Equal(("error", "big", "then/sms/template", "Нет шаблона сообщений «visit»: выберите другой или создайте его в настройках."), ((string)gone["severity"]!, (string)gone["part"]!, (string)gone["place"]!, (string)gone["message"]!));
        Assert.DoesNotContain(problems, one => (string?)one["code"] == "input_empty");
        await (await api.PostAsync("/api/funnels/sales/publish", null, Cancel)).AssertProblemAsync(400, "template_missing");

        await OkAsync(await SaveAsync(api, "visit", new { title = "Визит", text = "Ждём вас" }));
        Assert.DoesNotContain((await DraftAsync(api))["problems"]!, one => (string?)one["code"] is "template_missing" or "input_empty");
        Assert.Contains("\"value\": \"visit\"", await api.GetStringAsync("/api/funnels/sales/export?version=draft", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_OfFormsAndOfStudio_OfferTheTemplates()
    {
        using var elsa = await ElsaClient.NewAsync(server);
        await OkAsync(await SaveAsync(elsa.Http, "visit", new { title = "Визит", text = "Ждём вас" }));

        var sms = (await OkAsync(await elsa.Http.GetAsync("/api/activities?lang=ru", Cancel)))["items"]!.Single(one => (string?)one["type"] == "Crm.SendSms")["inputs"]!;
        var input = sms.Single(one => (string?)one["name"] == "template");
        Assert.Equal(("dropdown", "visit", "Визит"), ((string?)input["hint"], (string?)input["options"]!.Single()["value"], (string?)input["options"]!.Single()["text"]));
        Assert.Equal("template", (string?)sms.Single(one => (string?)one["name"] == "text")["instead"]);

        var studio = await OkAsync(await elsa.Http.PostAsync("/elsa/api/descriptors/activities/Crm.SendEmail/options/Template", Json("{}"), Cancel));
        Assert.True((bool)studio["items"]!["Refresh"]!);
        Assert.Equal(("Визит", "visit"), ((string?)studio.SelectToken("items.dropdown.selectList.items[0].text"), (string?)studio.SelectToken("items.dropdown.selectList.items[0].value")));
    }

    private async Task<HttpClient> AccountAsync(string slug)
    {
        var (account, key) = await server.AddAccountAsync(slug);
        await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient api, string name, object body) => api.PutAsync($"/api/message-templates/{Uri.EscapeDataString(name)}", Json(JObject.FromObject(body).ToString()), Cancel);

    /// <summary>Gives the first card another workflow.</summary>
    private static async Task<HttpResponseMessage> PutAsync(HttpClient api, string then)
    {
        var before = (JObject)(await DraftAsync(api))["document"]!["triggers"]![0]!;
        var after = (JObject)before.DeepClone();
        after["then"] = JObject.Parse(then);
        var body = new JObject { ["name"] = new JObject { ["key"] = "then", ["values"] = new JArray("x") }, ["edits"] = new JArray(new JObject { ["part"] = before["id"], ["before"] = before, ["after"] = after }) };
        return await api.PostAsync("/api/funnels/sales/changes", Json(body.ToString()), Cancel);
    }

    private static async Task<JObject> DraftAsync(HttpClient api) => await OkAsync(await api.GetAsync("/api/funnels/sales/draft?lang=ru", Cancel));

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JObject> OkAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JObject.Parse(text);
    }
}
