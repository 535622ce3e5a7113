using Automation.Activities.Http;
using Automation.Engine.Effects;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Activities;

public static class ActivitiesServices
{
    /// <summary>The bundled activities and the handler of HTTP effects. Needs an <c>IHttpGateway</c>.</summary>
    public static IServiceCollection AddAutomationActivities(this IServiceCollection services)
    {
        services.AddActivities(typeof(ActivitiesServices).Assembly);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, HttpEffectHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectPreview, HttpEffectPreview>());
        return services;
    }
}
