using System.Net;
using System.Text;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Api.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class ConditionTrialTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Condition_OnADeal_TellsEachPartAndWhatItSaw()
    {
        var key = await DealAsync("parts");

        var answer = await TryAsync(key, "[deal.price] > 40000 and ([deal.name] = 'x' or not ([deal.price] < 1))", "91");

        Assert.Equal(("Deal 91", true, null), (answer.Deal, answer.Value, answer.Error));
        Assert.Equal([("", true), ("0", true), ("1", true), ("1.0", false), ("1.1", true), ("1.1.0", false)], answer.Parts.Select(part => (part.Path, part.Value!.Value)));
        Assert.Equal(45000m, Convert.ToDecimal(answer.Parts[1].Seen.Single(seen => seen.Path == "deal.price").Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Condition_ThatTheBuilderCannotShow_IsTakenApartAtItsWords()
    {
        var key = await DealAsync("free");

        var answer = await TryAsync(key, "deal.price * 2 = 90000 and (deal.price / 0 = 1 or true)", "91");

        Assert.Null(answer.Value);
        Assert.StartsWith("Не получилось вычислить", answer.Error, StringComparison.Ordinal);
        Assert.Equal([("deal.price * 2 = 90000", true), ("(deal.price / 0 = 1 or true)", null), ("deal.price / 0 = 1", null), ("true", (bool?)true)], answer.Parts.Skip(1).Select(part => (part.Text, part.Value)));
    }

    [Fact]
    public async Task Condition_OfAChange_LooksAtTheLastEvent()
    {
        var (key, token) = await AccountAsync("change");
        await HookAsync(token, Wire.Lead(91));
        await HookAsync(token, Wire.Lead(91, price: 50000, updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal));

        Assert.True((await TryAsync(key, "changed('deal.price') and old('deal.price') = 45000 and [deal.price] = 50000", "91")).Value);
    }

    [Fact]
    public async Task Condition_WithABareField_SaysHowItIsWritten_AlsoWithoutADeal()
    {
        var (key, _) = await AccountAsync("bare");

        Assert.Equal("Здесь ошибка: Имя «Город» здесь не известно. Поле сделки пишется [deal.Город].", (await TryAsync(key, "[Город] == 'Казань'", null)).Error);
        Assert.Equal("Здесь ошибка: Перед «)» не хватает значения.", (await TryAsync(key, "([deal.price] > )", null)).Error);
        Assert.Null((await TryAsync(key, "old('Бюджет') = 1", null)).Error);
        Assert.Null((await TryAsync(key, "variables.total > 1", null, ofStep: true)).Error);
    }

    [Theory]
    [InlineData("[deal.price] >", "91", "Здесь ошибка")]
    [InlineData("[deal.price]", "91", "Ответом должно быть")]
    [InlineData("[deal.nothing] > 5", "91", "Нужное поле в сделке пустое")]
    [InlineData("[dael.price] > 5", "91", "Здесь ошибка")]
    public async Task Condition_WithoutAnAnswer_SaysWhy(string text, string deal, string words)
    {
        var answer = await TryAsync(await DealAsync("why" + text.Length), text, deal);

        Assert.Null(answer.Value);
        Assert.StartsWith(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Condition_InOtherLanguageOrWithoutText_IsRefused()
    {
        using var client = Client(server.ApiKey);
        var answer = await client.PostAsync("/api/try/condition", Body(new { condition = new { language = "Liquid", text = "x" } }), TestServer.Cancel);
        await answer.AssertProblemAsync((int)HttpStatusCode.BadRequest, "payload_invalid");
    }

    private async Task<string> DealAsync(string account)
    {
        var (key, token) = await AccountAsync(account);
        await HookAsync(token, Wire.Lead(91));
        return key;
    }

    private async Task<(string Key, string Token)> AccountAsync(string name)
    {
        var (account, key) = await server.AddAccountAsync(name);
        var (_, token) = await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        using var client = Client(key);
        (await client.PostAsync("/api/funnels/import?publish=true", new StringContent(Crm.Funnel("crm"), Encoding.UTF8, "application/json"), TestServer.Cancel)).EnsureSuccessStatusCode();
        return (key, token);
    }

    private async Task HookAsync(string token, string body) =>
        await server.EventDoneAsync((Guid)(await (await server.Client.PostAsync($"/hooks/amocrm/{token}", Wire.Form(body), TestServer.Cancel)).JsonAsync())["eventId"]!);

    private async Task<TryConditionAnswer> TryAsync(string key, string text, string? deal, bool ofStep = false)
    {
        using var client = Client(key);
        var answer = await client.PostAsync("/api/try/condition?lang=ru", Body(new { condition = new { language = "NCalc", text }, entity = deal, ofStep }), TestServer.Cancel);
        var json = await answer.Content.ReadAsStringAsync(TestServer.Cancel);
        Assert.True(answer.IsSuccessStatusCode, json);
        return JsonConvert.DeserializeObject<TryConditionAnswer>(json, ApiJson.Settings)!;
    }

    private HttpClient Client(string key)
    {
        var client = server.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    private static StringContent Body(object body) => new(JObject.FromObject(body).ToString(), Encoding.UTF8, "application/json");
}
