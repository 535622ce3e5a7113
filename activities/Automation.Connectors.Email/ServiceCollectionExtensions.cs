using Automation.Connectors.Email;
using Automation.Engine.Ports;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

public static class EmailServiceCollectionExtensions
{
    /// <summary>Adds sending of mail over SMTP. Needs <see cref="ISecrets"/>.</summary>
    public static IServiceCollection AddEmailConnector(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConnector, EmailConnector>();
        return services;
    }
}
