using Automation.Activities.Crm.Sms;

namespace Automation.Activities.Tests;

public sealed class SendSmsTests
{
    private readonly World world = new();

    public SendSmsTests()
    {
        world.Crm.Add("deal", "42", "{'name':'Сделка','contact_id':'7','pipeline_id':'1','stage_id':'10'}");
        world.Crm.Add("contact", "7", "{'name':'Иван','phone':'+7 495 123-45-67, 8 (916) 123-45-67'}");
    }

    [Fact]
    public async Task SendSms_NoPhoneGiven_TakesFirstMobileOfContact()
    {
        var run = await world.OnDealAsync(new SendSms { Text = new("Ждём вас завтра") }, "42");

        Assert.Equal("Done", run.Outcome);
        var sent = Assert.Single(world.Sms.Sent);
        Assert.Equal("+79161234567", sent.Phone);
        Assert.Equal(64, sent.EffectKey.Length);
    }

    [Fact]
    public async Task SendSms_Always_KeepsPhoneAndTextOutOfJournal()
    {
        var run = await world.OnDealAsync(new SendSms { Text = new("Секретный текст") }, "42");

        var journal = JObject.FromObject(run.Journal).ToString() + run.Sent[0].Summary;
        Assert.Contains("+7916***4567", journal);
        Assert.DoesNotContain("9161234567", journal);
        Assert.DoesNotContain("Секретный", journal);
    }

    [Fact]
    public async Task SendSms_Always_UsesGatewaysPolicy()
    {
        world.Sms.Policy = EffectPolicy.Hold;

        var run = await world.OnDealAsync(new SendSms { Text = new("Привет") }, "42");

        Assert.Equal(EffectPolicy.Hold, run.Sent[0].Policy);
    }

    [Theory]
    [InlineData("", "phone_empty")]
    [InlineData("нет телефона", "phone_invalid")]
    [InlineData("8 495 123-45-67", "phone_landline")]
    [InlineData("8 916 123-45-67 доб. 12", "phone_extension")]
    [InlineData("8 916 123-45-67, доб. 12", "phone_extension")]
    public async Task SendSms_NoMobile_EndsNoPhoneWithReason(string phone, string reason)
    {
        world.Crm.Find("contact", "7")!["phone"] = phone;

        var run = await world.OnDealAsync(new SendSms { Text = new("Привет") }, "42");

        Assert.Equal("No phone", run.Outcome);
        Assert.Equal(reason, (string?)run.Journal["reason"]);
        Assert.Empty(world.Sms.Sent);
    }

    [Theory]
    [InlineData("89161234567", "+79161234567")]
    [InlineData("9161234567", "+79161234567")]
    [InlineData("+7 (916) 123 45 67", "+79161234567")]
    [InlineData("8 495 123-45-67; 8 916 123-45-67 / 8 903 765-43-21", "+79161234567")]
    [InlineData("+375 29 123-45-67", "+375291234567")]
    [InlineData("8 10 375 29 123-45-67", "+375291234567")]
    [InlineData("8-495-123-45-67 доб. 12, 8 903 765-43-21", "+79037654321")]
    public void PhoneReader_AsPeopleWriteThem_GivesE164(string text, string phone) =>
        Assert.Equal(phone, PhoneReader.FirstMobile([text], "RU").E164);

    [Theory]
    [InlineData(0, 'a', 0)]
    [InlineData(160, 'a', 1)]
    [InlineData(161, 'a', 2)]
    [InlineData(306, 'a', 2)]
    [InlineData(307, 'a', 3)]
    [InlineData(80, '€', 1)]
    [InlineData(81, '€', 2)]
    [InlineData(70, 'я', 1)]
    [InlineData(71, 'я', 2)]
    [InlineData(134, 'я', 2)]
    [InlineData(135, 'я', 3)]
    public void SmsText_Length_CountsParts(int length, char character, int parts) =>
        Assert.Equal(parts, SmsText.Parts(new string(character, length)));

    [Fact]
    public void SmsText_EmojiAtTheSeam_IsNotTorn() => Assert.Equal(3, SmsText.Parts(new string('я', 66) + "😀" + new string('я', 66)));

    [Fact]
    public async Task SendSms_LongerThanLimit_IsNotSent()
    {
        var run = await world.OnDealAsync(new SendSms { Text = new(new string('я', 269)) }, "42");

        Assert.Equal("Failed", run.Outcome);
        Assert.Equal("text_too_long", (string?)run.Journal["reason"]);
        Assert.Empty(world.Sms.Sent);
    }

    [Fact]
    public async Task SendSms_GatewayRefuses_EndsFailed()
    {
        world.Sms.Answer = new Rejected("blocked", "…");

        var run = await world.OnDealAsync(new SendSms { Text = new("Привет") }, "42");

        Assert.Equal("Failed", run.Outcome);
        Assert.Equal("blocked", (string?)run.Journal["reason"]);
    }

    [Fact]
    public async Task SendSms_NoGateway_FaultsWithRemedy()
    {
        world.Absent.Add(typeof(ISmsGateway));

        var fault = await Assert.ThrowsAsync<ActivityFaultException>(() => world.OnDealAsync(new SendSms { Text = new("Привет") }, "42"));

        Assert.Equal("connection_missing", fault.Code);
    }

    [Fact]
    public async Task SendSms_WithATemplate_SendsItsTextAsItWasWhenTheStepRan()
    {
        world.Templates.Add("visit", "Ждём вас завтра");
        var run = world.Run(new SendSms { Template = new("visit") }, World.Deal("42"));

        await run.StartAsync();
        world.Templates.Add("visit", "Другой текст");
        while (await run.SendNextAsync()) { }

        Assert.Equal("Done", run.Outcome);
        Assert.Equal("Ждём вас завтра", Assert.Single(world.Sms.Sent).Text);
        Assert.Equal("visit", (string?)run.Journal["template"]);
        Assert.Contains("template/visit", run.Reads.Keys);
    }

    [Fact]
    public async Task SendSms_WithATextOfItsOwn_SendsThat()
    {
        var run = await world.OnDealAsync(new SendSms { Text = new("Свой текст"), Template = new("gone") }, "42");

        Assert.Equal("Done", run.Outcome);
        Assert.Equal("Свой текст", Assert.Single(world.Sms.Sent).Text);
    }

    [Fact]
    public async Task SendSms_TemplateIsGone_FaultsWithRemedy()
    {
        var fault = await Assert.ThrowsAsync<ActivityFaultException>(() => world.OnDealAsync(new SendSms { Template = new("visit") }, "42"));

        Assert.Equal(("template_missing", "Нет шаблона сообщений «visit»: создайте его под этим именем или выберите в шаге другой текст."), (fault.Code, fault.Message));
    }
}
