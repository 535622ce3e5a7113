using Automation.Simulators.AmoCrm;
using Automation.Simulators.Klientiks;
using Automation.Simulators.Seed;
using Automation.Simulators.Smsc;

namespace Automation.Sandbox;

/// <summary>The three outside systems of the demo, with their data. Everything is in memory.</summary>
public sealed class World : IAsyncDisposable
{
    public const string Root = "/sandbox";

    private readonly Uri recordings;

    public World(string address, TimeProvider clock)
    {
        recordings = new Uri(new Uri(address.Split(';')[0]), Root + "/recordings/");
        Amo = new AmoCrmSimulator(new AmoCrmOptions { Prefix = Root + "/amo", Clock = clock });
        Smsc = new SmscSimulator(new SmscOptions { Prefix = Root + "/smsc", Clock = clock, Balance = 1_000m });
        Klientiks = new KlientiksSimulator(new KlientiksOptions { Prefix = Root + "/klientiks", Clock = clock });
        Feed = new LiveFeed(Amo, Smsc, Klientiks);
        SandboxSeed.Fill(Amo, Klientiks, recordings);
    }

    public AmoCrmSimulator Amo { get; }

    public SmscSimulator Smsc { get; }

    public KlientiksSimulator Klientiks { get; }

    public LiveFeed Feed { get; }

    public void Map(WebApplication app)
    {
        Amo.Map(app);
        Smsc.Map(app);
        Klientiks.Map(app);
    }

    /// <summary>Puts the demo data back; subscriptions to hooks stay.</summary>
    public void Reset()
    {
        Amo.Reset();
        Smsc.Reset();
        Klientiks.Reset();
        SandboxSeed.Fill(Amo, Klientiks, recordings);
    }

    public void Print(string address, TextWriter output)
    {
        var smsc = new SmscOptions();
        output.WriteLine($"Sandbox        {address}{Root}");
        output.WriteLine($"amoCRM         {address}{Root}/amo    token {Amo.Options.Token}");
        output.WriteLine($"SMSC           {address}{Root}/smsc   apikey {smsc.ApiKey}");
        output.WriteLine($"Klientiks      {address}{Root}/klientiks   account {Klientiks.Options.AccountId}, user {Klientiks.Options.UserId}, token {Klientiks.Options.Token}");
        output.WriteLine("Demo credentials: they open nothing but this process. The state lives in memory only.");
    }

    public async ValueTask DisposeAsync()
    {
        await Amo.DisposeAsync();
        Smsc.Dispose();
        Klientiks.Dispose();
    }
}
