using Automation.Connectors.Smsc;
using Automation.Engine.Ports;

namespace Microsoft.Extensions.DependencyInjection;

public static class SmscServiceCollectionExtensions
{
    /// <summary>Adds SMSC.ru as <see cref="ISmsGateway"/>. Needs <see cref="ISecrets"/>.</summary>
    public static IServiceCollection AddSmscConnector(this IServiceCollection services)
    {
        services.AddAutomationHttp();
        services.AddSingleton<IConnector, SmscConnector>();
        return services;
    }
}
