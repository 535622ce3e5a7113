using System.Text;
using Automation.Activities.Crm.Writes;

namespace Automation.Activities.Tests;

public sealed class WriteTests
{
    private readonly World world = new();

    public WriteTests()
    {
        world.Crm.Add("deal", "42", "{'name':'Сделка','contact_id':'7','pipeline_id':'1','stage_id':'10','responsible_id':'5','price':100,'tags':['VIP'],'cf':{'9':{'name':'Город','value':'Казань'}}}");
        world.Crm.Add("contact", "7", "{'name':'Иван','email':'ivan@example.org'}");
        world.Crm.AddTask("t1", "42", "Позвонить", world.Now.AddDays(1), "1");
        world.Crm.AddTask("t2", "42", "Встреча", world.Now.AddDays(1), "1");
    }

    [Fact]
    public async Task AddNote_Deal_WritesOneNote()
    {
        var run = await world.OnDealAsync(new AddNote { Text = new("Привет") }, "42");

        Assert.Equal("Done", run.Outcome);
        Assert.Equal("Привет", Assert.Single(world.Crm.NotesOf("42")).Text);
        Assert.Equal(EffectPolicy.Verify, run.Sent[0].Policy);
        Assert.Equal("заметка: сделка 42", run.Sent[0].Summary);
    }

    [Fact]
    public async Task AddNote_OnContact_GoesToContact()
    {
        await world.OnDealAsync(new AddNote { Text = new("Привет"), On = new("contact") }, "42");

        Assert.Single(world.Crm.NotesOf("7"));
    }

    [Fact]
    public async Task CreateTask_Defaults_TakeDealsResponsibleAndADay()
    {
        await world.OnDealAsync(new CreateTask { Text = new("Проверить оплату") }, "42");

        var task = Assert.Single(Assert.Single(world.Crm.Commands.OfType<CreateTasks>()).Tasks);
        Assert.Equal(("5", world.Now.AddDays(1)), (task.ResponsibleId, task.Due));
    }

    [Fact]
    public async Task CreateTask_DueWithoutOffset_IsInTheAccountsZone()
    {
        await world.OnDealAsync(new CreateTask { Text = new("Проверить"), DueAt = new("2026-03-05T10:00:00") }, "42");

        Assert.Equal(new DateTimeOffset(2026, 3, 5, 7, 0, 0, TimeSpan.Zero), world.Crm.Commands.OfType<CreateTasks>().Single().Tasks[0].Due);
    }

    [Fact]
    public async Task ChangeStage_AlreadyThere_WritesNothing()
    {
        await world.OnDealAsync(new ChangeStage { StageId = new("10") }, "42", 1);
        Assert.Empty(world.Crm.Commands);

        await world.OnDealAsync(new ChangeStage { StageId = new("20") }, "42", 2);
        Assert.Equal(("1", "20"), ((string?)world.Crm.Deal("42")["pipeline_id"], (string?)world.Crm.Deal("42")["stage_id"]));
    }

    [Theory]
    [InlineData("Город", "Казань", 0)]
    [InlineData("9", "Казань", 0)]
    [InlineData("Город", "Москва", 1)]
    [InlineData("price", "100", 0)]
    [InlineData("price", "150", 1)]
    public async Task ChangeField_EqualValue_WritesNothing(string field, string value, int writes)
    {
        var run = await world.OnDealAsync(new ChangeField { Field = new(field), Value = new(new JValue(value)) }, "42");

        Assert.Equal("Done", run.Outcome);
        Assert.Equal(writes, world.Crm.Commands.Count);
    }

    [Fact]
    public async Task ChangeField_Empty_Clears()
    {
        await world.OnDealAsync(new ChangeField { Field = new("Город"), Value = new(new JValue("")) }, "42");

        Assert.Equal(JTokenType.Null, world.Crm.Deal("42")["cf"]!["9"]!["value"]!.Type);
    }

    [Fact]
    public async Task Tags_AddThenRemove_WriteOnlyWhatChanges()
    {
        await world.OnDealAsync(new AddTag { Tags = new(["VIP#FF8F92", "Новый#EBEBEB"]) }, "42", 1);
        Assert.Equal(["Новый#EBEBEB"], Assert.Single(world.Crm.Commands.OfType<UpdateEntity>()).AddTags!);

        await world.OnDealAsync(new RemoveTag { Tags = new(["vip", "нет такого"]) }, "42", 2);
        Assert.Equal(["Новый"], world.Crm.Deal("42")["tags"]!.Select(tag => (string)tag!));
    }

    [Fact]
    public async Task CompleteTasks_ByText_CompletesThoseInOneCall()
    {
        await world.OnDealAsync(new CompleteTasks { Contains = new("позв") }, "42");

        Assert.True(world.Crm.Tasks["t1"].Done);
        Assert.False(world.Crm.Tasks["t2"].Done);
    }

    [Fact]
    public async Task Write_CrmRejects_EndsFailedWithCode()
    {
        world.Crm.Fault = _ => new Rejected("forbidden", "403");

        var run = await world.OnDealAsync(new AddNote { Text = new("Привет") }, "42");

        Assert.Equal(("Failed", "forbidden"), (run.Outcome, (string?)run.Journal["reason"]));
    }

    [Fact]
    public async Task SendEmail_NoAddressGiven_GoesToContact()
    {
        var run = await world.OnDealAsync(new SendEmail { Subject = new("Тема"), Text = new("Текст") }, "42");

        Assert.Equal("Done", run.Outcome);
        Assert.Equal("ivan@example.org", Assert.Single(world.Email.Sent).To);
        Assert.DoesNotContain("ivan", JObject.FromObject(run.Journal).ToString() + run.Sent[0].Summary);
    }

    [Theory]
    [InlineData("", "", "Из шаблона", "Тема шаблона")]
    [InlineData("Свой текст", "", "Свой текст", "Тема шаблона")]
    [InlineData("", "Своя тема", "Из шаблона", "Своя тема")]
    public async Task SendEmail_WithATemplate_TakesFromItWhatTheStepLacks(string text, string subject, string sentText, string sentSubject)
    {
        world.Templates.Add("visit", "Из шаблона", "Тема шаблона");

        var run = await world.OnDealAsync(new SendEmail { Subject = new(subject), Text = new(text), Template = new("visit") }, "42");

        Assert.Equal("Done", run.Outcome);
        var sent = Assert.Single(world.Email.Sent);
        Assert.Equal((sentText, sentSubject), (sent.Text, sent.Subject));
    }

    [Fact]
    public async Task SendWebhook_Unsigned_HoldsWhenLost()
    {
        var run = await world.OnDealAsync(new SendWebhook { Url = new("https://example.org/in"), Body = new(new JValue("{\"a\": 1.10}")) }, "42");

        Assert.Equal("Done", run.Outcome);
        var request = Assert.Single(world.Http);
        Assert.Equal(("POST", "https://example.org/in", "{\"a\":1.10}"), ((string?)request.Request["method"], (string?)request.Request["url"], (string?)request.Request["body"]));
        Assert.Equal(EffectPolicy.Hold, request.Policy);
    }

    [Fact] // The vector of the specification's reference libraries.
    public void StandardWebhooks_KnownVector_GivesKnownSignature() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            StandardWebhooks.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Encoding.UTF8.GetBytes("{\"test\": 2432232314}")));
}
