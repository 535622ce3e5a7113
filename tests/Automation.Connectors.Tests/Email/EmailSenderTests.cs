using Automation.Connectors.Email;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Tests.Email;

public sealed class EmailSenderTests
{
    private static readonly EmailRequest Letter = new("5f0c1d2e", "anna@client.example", "Запись\r\nBcc: evil@example.com", "Ждём вас", "<p>Ждём вас</p>");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IEmailSender Open(SmtpServer server, Action<JObject>? change = null, HostBreakers? breakers = null)
    {
        var settings = new JObject { ["host"] = "127.0.0.1", ["port"] = server.Port, ["security"] = "none", ["user"] = "studio", ["from"] = "Студия <studio@demo.example>" };
        change?.Invoke(settings);
        return (IEmailSender)new EmailConnector(new FixedSecrets(("password", "secret")), TimeProvider.System, breakers).Open(Hooks.Connection("email", settings: settings), typeof(IEmailSender));
    }

    /// <summary>R8: five in a row without an answer open the breaker; a refusal is an answer, and one answer closes it.</summary>
    [Fact]
    public async Task Breaker_ServerGone_OpensAndAnAnswerClosesIt()
    {
        await using var server = new SmtpServer { Answers = { ["RCPT"] = "450 later" } };
        var breakers = new HostBreakers(TimeProvider.System);
        var sender = Open(server, settings => settings["perMinute"] = 6_000, breakers);
        var connection = Hooks.Connection("email", settings: new JObject { ["host"] = "127.0.0.1", ["port"] = server.Port });
        for (var i = 0; i < HostBreakers.OpensAfter; i++) await sender.SendAsync(Letter, Cancel);
        Assert.Empty(breakers.Open(connection.Account));

        server.Answers["RCPT"] = "421 closing";
        for (var i = 0; i < HostBreakers.OpensAfter; i++) await sender.SendAsync(Letter, Cancel);
        Assert.Equal(new EmailConnector(new FixedSecrets(), TimeProvider.System).HostOf(connection), Assert.Single(breakers.Open(connection.Account)).Host);

        server.Answers.Remove("RCPT");
        Assert.IsType<Delivered>(await sender.SendAsync(Letter, Cancel));
        Assert.Empty(breakers.Open(connection.Account));
    }

    [Fact]
    public async Task Send_Taken_MessageIdIsTheKeyAndNoHeaderIsSlippedIn()
    {
        await using var server = new SmtpServer();
        var done = Assert.IsType<Delivered>(await Open(server).SendAsync(Letter, Cancel));
        var message = Assert.Single(server.Messages);
        Assert.Equal("5f0c1d2e@demo.example", (string?)done.Value["id"]);
        Assert.Contains("Message-Id: <5f0c1d2e@demo.example>", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Auto-Submitted: auto-generated", message, StringComparison.Ordinal);
        Assert.Contains("multipart/alternative", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc:", message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("AUTH", "535 wrong", "email_credentials_refused")]
    [InlineData("RCPT", "550 no such user", "email_recipient_refused")]
    [InlineData("MAIL", "553 not you", "email_sender_refused")]
    [InlineData("DATA.", "552 too large", "email_message_refused")]
    [InlineData("DATA.", "554 spam", "email_message_refused")]
    public async Task Send_RefusedForGood_RejectedByItsCode(string word, string answer, string code)
    {
        await using var server = new SmtpServer { Answers = { [word] = answer } };
        Assert.Equal(code, Assert.IsType<Rejected>(await Open(server).SendAsync(Letter, Cancel)).Code);
    }

    [Fact]
    public async Task Send_GreyListed_RetryAfterMinutes()
    {
        await using var server = new SmtpServer { Answers = { ["RCPT"] = "450 later" } };
        Assert.Equal(TimeSpan.FromMinutes(5), Assert.IsType<Retry>(await Open(server).SendAsync(Letter, Cancel)).After);
    }

    [Theory]
    [InlineData("MAIL", false)]
    [InlineData("DATA", false)]
    [InlineData("DATA.", true)]
    public async Task Send_LineCut_UnknownOnlyAfterTheData(string word, bool unknown)
    {
        await using var server = new SmtpServer { Answers = { [word] = null } };
        var result = await Open(server).SendAsync(Letter, Cancel);
        if (unknown) Assert.IsType<ResultUnknown>(result);
        else Assert.IsType<Retry>(result);
    }

    [Fact]
    public async Task Send_NoServerOrUnsafeLine_NothingSent()
    {
        var server = new SmtpServer();
        await server.DisposeAsync();
        var sender = Hooks.Connection("email", settings: new JObject { ["host"] = "127.0.0.1", ["port"] = 1, ["security"] = "none", ["from"] = "a@demo.example" });
        Assert.IsType<Retry>(await ((IEmailSender)new EmailConnector(new FixedSecrets(), TimeProvider.System).Open(sender, typeof(IEmailSender))).SendAsync(Letter, Cancel));

        await using var open = new SmtpServer();
        Assert.Equal("email_tls_failed", Assert.IsType<Rejected>(await Open(open, settings => settings["security"] = "starttls").SendAsync(Letter, Cancel)).Code);
        Assert.Equal("email_settings_missing", Assert.IsType<Rejected>(await Open(open, settings => settings["host"] = "mail.example").SendAsync(Letter, Cancel)).Code);
        Assert.Empty(open.Messages);
    }
}
