using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.Messages;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Staff;
using Automation.Engine.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Engine.Persistence;

public static class PersistenceRegistration
{
    /// <summary>What stands over either store: ids, secrets, connections, links, managers, message templates. Call <c>AddSqliteStore</c> or <c>AddPostgreSqlStore</c> beside it.</summary>
    /// <param name="dataDirectory">Where <see cref="MasterKey.FileName"/> lives.</param>
    /// <param name="masterKey">The value of <see cref="MasterKey.Variable"/>; null or empty when it is not set.</param>
    public static IServiceCollection AddPersistence(this IServiceCollection services, string dataDirectory, string? masterKey)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IIdSource, UuidV7Source>();
        services.AddSingleton(_ => MasterKey.Load(dataDirectory, masterKey));
        services.AddSingleton<SecretStore>();
        services.AddSingleton<DataKeyStore>();
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretStore>());
        services.AddSingleton<PortCatalog>();
        services.AddSingleton<IPorts>(provider => provider.GetRequiredService<PortCatalog>());
        services.AddSingleton<ILinks, LinkStore>();
        services.AddSingleton<ManagerStore>();
        services.AddSingleton<MessageTemplateStore>();
        services.AddSingleton<IMessageTemplates>(provider => provider.GetRequiredService<MessageTemplateStore>());
        services.TryAddSingleton<RestorePoint>();
        services.AddSingleton<RestoreMarks>();
        return services;
    }
}
