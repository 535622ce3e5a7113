using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Automation.Simulators;

/// <summary>Runs simulators in this process on a free loopback port.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private SimulatorHost(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    /// <summary>Where it listens, with a closing slash: <c>http://127.0.0.1:40213/</c>.</summary>
    public Uri Address { get; }

    public static Task<SimulatorHost> StartAsync(params ISimulator[] simulators) =>
        StartAsync(simulators, static _ => { }, CancellationToken.None);

    /// <param name="map">Endpoints of the test's own, for example a receiver of hooks.</param>
    public static async Task<SimulatorHost> StartAsync(
        IEnumerable<ISimulator> simulators, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        foreach (var simulator in simulators)
            simulator.Map(app);
        map(app);
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SimulatorHost(app, new Uri(address + "/"));
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
