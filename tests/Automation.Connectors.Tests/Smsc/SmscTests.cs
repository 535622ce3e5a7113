using Automation.Connectors.Http;
using Automation.Connectors.Smsc;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Automation.Simulators;
using Automation.Simulators.Smsc;
using Microsoft.Extensions.Options;

namespace Automation.Connectors.Tests.Smsc;

public sealed class SmscTests : IAsyncLifetime
{
    private readonly SmscSimulator smsc = new(new SmscOptions { Prefix = "/sandbox/smsc" });
    private readonly GuardedHttpGateway http = new(Options.Create(new GuardedHttpOptions()), TimeProvider.System);
    private readonly DateTimeOffset since = TimeProvider.System.GetUtcNow();
    private readonly SmsRequest request = new("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "+79161234567", "Ждём вас завтра в 15:30", null);
    private SimulatorHost host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => host = await SimulatorHost.StartAsync(smsc);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        smsc.Dispose();
    }

    private ISmsGateway Open(params (string, string)[] secrets) =>
        (ISmsGateway)new SmscConnector(http, new FixedSecrets(secrets), TimeProvider.System).Open(Hooks.Connection("smsc", new Uri(host.Address, "sandbox/smsc/")), typeof(ISmsGateway));

    private ISmsGateway Open() => Open(("apikey", "sandbox-demo-key"));

    [Fact]
    public async Task Send_TakenByTheGateway_DeliveredWithOwnId()
    {
        var done = Assert.IsType<Delivered>(await Open(("login", "sandbox"), ("password", "sandbox-demo-password")).SendAsync(request, Cancel));
        var message = Assert.Single(smsc.Ledger);
        Assert.Equal("00112233445566778899aabbccddeeff", message.Id);
        Assert.Equal(request.Text, message.Text);
        Assert.Equal((message.Id, 1), ((string?)done.Value["id"], (int)done.Value["parts"]!));
    }

    [Fact]
    public async Task Send_AnswerLost_FoundAndNeverTwice()
    {
        var gateway = Open();
        smsc.Faults.LoseNextAnswers();
        Assert.IsType<ResultUnknown>(await gateway.SendAsync(request, Cancel));
        Assert.IsType<Delivered>(await gateway.FindAsync(request, since, Cancel));
        Assert.IsType<Delivered>(await gateway.SendAsync(request, Cancel)); // code 9: looked up
        Assert.Single(smsc.Ledger);
    }

    [Fact]
    public async Task Find_AbsentSoonAfterTheTry_AskedAgainBeforeItIsSentAgain()
    {
        var gateway = Open();
        var later = Assert.IsType<Retry>(await gateway.FindAsync(request, since, Cancel));
        Assert.Equal(TimeSpan.FromSeconds(60), later.After);
        var calls = smsc.Calls.CountOf("GET", "status.php");
        Assert.IsType<Delivered>(await gateway.SendAsync(request, Cancel));
        Assert.Equal(calls + 1, smsc.Calls.CountOf("GET", "status.php"));
        Assert.IsType<Retry>(await gateway.FindAsync(request with { EffectKey = new string('a', 64) }, since.AddMinutes(-5), Cancel));
    }

    [Fact]
    public async Task Send_RefusedByCode_RejectedByItsClass()
    {
        smsc.NoMoney = true;
        Assert.Equal("sms_no_money", Assert.IsType<Rejected>(await Open().SendAsync(request, Cancel)).Code);
        smsc.WrongKey = true;
        Assert.Equal("sms_credentials_refused", Assert.IsType<Rejected>(await Open().SendAsync(request, Cancel)).Code);
        Assert.Equal("sms_credentials_missing", Assert.IsType<Rejected>(await Open(("login", "x")).SendAsync(request, Cancel)).Code);
        smsc.WrongKey = false;
        Assert.Equal("sms_phone_invalid", Assert.IsType<Rejected>(await Open().SendAsync(request with { Phone = "+7" }, Cancel)).Code);
        smsc.HtmlPage = true;
        Assert.IsType<ResultUnknown>(await Open().SendAsync(request, Cancel));
        smsc.Faults.FailNext(1, 503);
        Assert.IsType<Retry>(await Open().SendAsync(request, Cancel));
        Assert.Empty(smsc.Ledger);
    }

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("a", 160, 1)]
    [InlineData("a", 161, 2)]
    [InlineData("a", 306, 2)]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("я", 70, 1)]
    [InlineData("я", 71, 2)]
    [InlineData("я", 135, 3)]
    [InlineData("😀", 35, 1)]
    [InlineData("😀", 36, 2)]
    public void Segments_OfText_Counted(string piece, int times, int parts) => Assert.Equal(parts, Segments.Count(string.Concat(Enumerable.Repeat(piece, times))));
}
