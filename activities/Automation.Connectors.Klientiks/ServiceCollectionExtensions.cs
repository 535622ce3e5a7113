using Automation.Connectors.Klientiks;
using Automation.Engine.Ports;

namespace Microsoft.Extensions.DependencyInjection;

public static class KlientiksServiceCollectionExtensions
{
    /// <summary>Adds Klientiks: bookings, polling, hints. Needs <see cref="ISecrets"/>.</summary>
    public static IServiceCollection AddKlientiksConnector(this IServiceCollection services)
    {
        services.AddAutomationHttp();
        services.AddSingleton<IConnector, KlientiksConnector>();
        services.AddSingleton<IHookSource, KlientiksHookSource>();
        return services;
    }
}
