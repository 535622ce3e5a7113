using Automation.Activities.Crm.Handlers;
using Automation.Engine.Effects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Activities.Crm;

public static class ServiceCollectionExtensions
{
    /// <summary>Registers what sends the effects of this package, and what stands for it in a trial; the activities themselves are found by assembly.</summary>
    public static IServiceCollection AddCrmActivities(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, CrmEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, SmsEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, BookingEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, EmailEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectPreview, CrmEffectPreview>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectPreview, SmsEffectPreview>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectPreview, BookingEffectPreview>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectPreview, EmailEffectPreview>());
        return services;
    }
}
