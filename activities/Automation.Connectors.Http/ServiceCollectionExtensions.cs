using Automation.Connectors.Http;
using Automation.Engine.Ports;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

public static class AutomationHttpServiceCollectionExtensions
{
    /// <summary>Adds the guarded way out (S5) as <see cref="IHttpGateway"/>.</summary>
    public static IServiceCollection AddAutomationHttp(this IServiceCollection services)
    {
        services.AddOptions<GuardedHttpOptions>().BindConfiguration("Automation:Http").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Automation.Engine.Effects.HostBreakers>();
        services.TryAddSingleton<IHttpGateway, GuardedHttpGateway>();
        return services;
    }
}
