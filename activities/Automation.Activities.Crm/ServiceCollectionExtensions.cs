using Automation.Activities.Crm.Handlers;
using Automation.Engine.Effects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Activities.Crm;

public static class ServiceCollectionExtensions
{
    /// <summary>Registers what sends the effects of this package; the activities themselves are found by assembly.</summary>
    public static IServiceCollection AddCrmActivities(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, CrmEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, SmsEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, BookingEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, EmailEffectHandler>());
        return services;
    }
}
