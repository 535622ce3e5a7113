using Automation.Connectors.AmoCrm;
using Automation.Engine.Ports;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

public static class AmoCrmServiceCollectionExtensions
{
    /// <summary>Adds amoCRM: hooks, API, setup. Needs <see cref="ISecrets"/>.</summary>
    public static IServiceCollection AddAmoCrmConnector(this IServiceCollection services)
    {
        services.AddAutomationHttp();
        services.TryAddSingleton<AmoCrmConnector>();
        services.TryAddSingleton<AmoCrmSetup>();
        services.AddSingleton<IConnector>(provider => provider.GetRequiredService<AmoCrmConnector>());
        services.AddSingleton<IHookSource, AmoCrmHookSource>();
        return services;
    }
}
