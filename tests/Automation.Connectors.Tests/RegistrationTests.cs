using Automation.Connectors.AmoCrm;
using Automation.Engine.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Connectors.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task Add_AllConnectors_EachPortOpensOnceRegistered()
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<ISecrets>(new FixedSecrets());
        services.AddAmoCrmConnector().AddSmscConnector().AddGenericConnector().AddKlientiksConnector().AddEmailConnector();
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });

        var connectors = provider.GetServices<IConnector>().ToList();
        Assert.Equal(["amocrm", "email", "generic", "klientiks", "smsc"], connectors.Select(connector => connector.Kind).Order());
        Assert.Equal(["amocrm", "generic", "klientiks"], provider.GetServices<IHookSource>().Select(source => source.Source).Order());
        Assert.NotNull(provider.GetRequiredService<AmoCrmSetup>());
        // Without an address of their own they go to their makers' hosts, and the breaker knows those too.
        Assert.Equal(["smsc.ru", "klientiks.ru", null], new[] { "smsc", "klientiks", "amocrm" }.Select(kind => connectors.Single(one => one.Kind == kind).HostOf(Hooks.Connection(kind))));
        foreach (var connector in connectors)
            foreach (var port in connector.PortTypes)
                Assert.IsAssignableFrom(port, connector.Open(Hooks.Connection(connector.Kind), port));
    }
}
