using System.Net;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Tools;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class ActivityFormsTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly CrmDirectory Directory = new(
        "1", "Shop", "Europe/Moscow", [new("10", "Продажи", true, [new("10", "20", "Встреча", null, 1, "ordinary")])], [new("deal", "77", "Город", "text", null, new Dictionary<string, string>())],
        [new("5", "Анна", null, true), new("6", "Ушедший", null, false)], []);

    private IEnumerable<ActivityDescriptor> Bundled => server.Services.GetRequiredService<ActivityRegistry>().Descriptors;

    [Fact]
    public void Outcomes_OfEveryActivity_HaveWords() =>
        Assert.Empty(Bundled.SelectMany(activity => activity.Outcomes.Where(outcome => !OutcomeWords.Knows(outcome)).Select(outcome => $"{activity.TypeName}: {outcome}")));

    [Fact]
    public void Choices_OfEveryList_HaveWords() =>
        Assert.Empty(Bundled.SelectMany(activity => activity.Inputs.Where(input => input.UIHint is "dropdown" or "checklist").SelectMany(input => InputLists.Choices(input).Where(choice => !IsWire(choice) && !OptionWords.Knows(input.JsonName, choice)).Select(choice => $"{activity.TypeName}.{input.JsonName}: {choice}"))));

    [Fact]
    public async Task Activities_ForAConnection_ListItsStagesUsersAndFields()
    {
        var (account, key) = await server.AddAccountAsync("forms");
        await server.AddConnectionAsync("amocrm", "crm", account, Directory);
        var all = await ListAsync(key, "?connection=crm&lang=ru");

        var stage = all.Single(one => one.Type == "Crm.ChangeStage");
        Assert.Equal("Сменить этап", stage.Name);
        Assert.Equal("Не удалось", stage.OutcomeNames!["Failed"]);
        Assert.Equal([new("20", "Продажи: Встреча")], Input(stage, "stageId").Options!);
        Assert.True(Input(stage, "stageId").Required);
        Assert.Equal([new("77", "Город")], Input(all.Single(one => one.Type == "Crm.ChangeField"), "field").Options!);
        Assert.Equal([new("5", "Анна")], Input(all.Single(one => one.Type == "Crm.CreateTask"), "responsibleId").Options!);
        var sms = all.Single(one => one.Type == "Crm.SendSms");
        Assert.Equal(("multi-line", "Liquid"), (Input(sms, "text").Hint, Input(sms, "text").DefaultSyntax));
        Assert.Equal(("number", "Int32"), (Input(sms, "maxParts").Hint, Input(sms, "maxParts").Type));
        Assert.False(all.Single(one => one.Type == "Elsa.Flowchart").Listed);
        Assert.True(sms.Listed);
        Assert.Equal([new("crm", "crm")], Input(sms, "connection").Options!);
        Assert.Contains(Input(all.Single(one => one.Type == "Automation.Wait"), "calendar").Options!, option => option.Value == "ru");
    }

    [Fact]
    public async Task HttpRequest_InAForm_OffersMethodsAndTypes()
    {
        var form = new ActivityForms(english: false, new(english: false, [])).Of(Bundled.Single(one => one.TypeName == "Elsa.FlowSendHttpRequest"));

        Assert.Equal(("dropdown", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"), (Input(form, "method").Hint, string.Join(',', Input(form, "method").Options!.Select(option => option.Value))));
        // Nothing chosen is the form's own line.
        Assert.Equal(("dropdown", "application/json"), (Input(form, "contentType").Hint, Input(form, "contentType").Options![0].Value));
    }

    [Fact]
    public async Task Activities_InEnglish_SayChoicesInEnglish()
    {
        var child = (await ListAsync(server.ApiKey, "?lang=en")).Single(one => one.Type == "Crm.CreateChildDeal");
        Assert.Contains(Input(child, "duplicateCheck").Options!, option => option is { Value: "none", Text: "Do not look" });
    }

    [Fact]
    public async Task Text_WithAMistake_IsRefusedInWords()
    {
        var answer = await TryAsync(new { text = "{{ deal.name", syntax = "Liquid", sms = true });
        Assert.StartsWith("Здесь ошибка", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_ForAnSms_IsCountedWithoutItsMarks()
    {
        var answer = await TryAsync(new { text = "{{ contact.name }}" + new string('я', 71), syntax = "Liquid", sms = true });
        Assert.Equal((71, "UCS-2", 2), (answer.Sms!.Characters, answer.Sms.Encoding, answer.Sms.Parts));
    }

    [Fact]
    public async Task Text_OfADealThatIsNotThere_IsNotFound()
    {
        await server.AddConnectionAsync("amocrm", "only", null, Directory);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", server.ApiKey);
        var answer = await client.PostAsync("/api/try/text", new StringContent(JObject.FromObject(new { text = "{{ deal.name }}", connection = "nobody", entity = "1" }).ToString(), System.Text.Encoding.UTF8, "application/json"), TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("2h", 2, null)]
    [InlineData("soon", null, "Это не отрезок времени.")]
    [InlineData("1wd&calendar=nowhere", null, "Такого рабочего календаря нет.")]
    public async Task Wait_BegunNow_SaysWhenItEnds_OrWhyNot(string duration, int? hours, string? error)
    {
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", server.ApiKey);
        var answer = JsonConvert.DeserializeObject<TryWaitAnswer>(await client.GetStringAsync($"/api/try/wait?duration={duration}", TestServer.Cancel), ApiJson.Settings)!;
        Assert.Equal(error, answer.Error);
        var now = server.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (hours is { } length) Assert.InRange(answer.At!.Value, now.AddHours(length).AddMinutes(-1), now.AddHours(length).AddMinutes(1));
    }

    // Methods and types of HTTP are called alike everywhere.
    private static bool IsWire(string choice) => choice.Contains('/', StringComparison.Ordinal) || (choice.Length > 0 && choice.All(char.IsAsciiLetterUpper));

    private static ActivityInputView Input(ActivityView activity, string name) => activity.Inputs.Single(input => input.Name == name);

    private async Task<IReadOnlyList<ActivityView>> ListAsync(string key, string query)
    {
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        var text = await client.GetStringAsync("/api/activities" + query, TestServer.Cancel);
        return JsonConvert.DeserializeObject<PageView<ActivityView>>(text, ApiJson.Settings)!.Items;
    }

    private async Task<TryTextAnswer> TryAsync(object body)
    {
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", server.ApiKey);
        var answer = await client.PostAsync("/api/try/text", new StringContent(JObject.FromObject(body).ToString(), System.Text.Encoding.UTF8, "application/json"), TestServer.Cancel);
        var text = await answer.Content.ReadAsStringAsync(TestServer.Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonConvert.DeserializeObject<TryTextAnswer>(text, ApiJson.Settings)!;
    }
}
