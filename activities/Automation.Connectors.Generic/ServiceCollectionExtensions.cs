using Automation.Connectors.Generic;
using Automation.Engine.Ports;

namespace Microsoft.Extensions.DependencyInjection;

public static class GenericServiceCollectionExtensions
{
    /// <summary>Adds signed JSON hooks from any sender.</summary>
    public static IServiceCollection AddGenericConnector(this IServiceCollection services)
    {
        services.AddSingleton<IHookSource, GenericHookSource>();
        services.AddSingleton<IConnector, GenericConnector>();
        return services;
    }
}
