using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Engine.Workflows.Interpreter;

public static class AutomationEngineServices
{
    /// <summary>The interpreter and its activity registry. The caller adds an <c>IExpressionEvaluator</c> and the activities.</summary>
    public static IServiceCollection AddAutomationEngine(this IServiceCollection services)
    {
        services.TryAddSingleton(provider =>
        {
            var registry = new ActivityRegistry();
            foreach (var source in provider.GetServices<ActivityAssembly>()) registry.RegisterAssembly(source.Assembly);
            return registry;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWorkflowInterpreter, WorkflowInterpreter>();
        services.TryAddSingleton<IActivityInvoker, ActivityInvoker>();
        return services;
    }

    /// <summary>Makes every public activity of the assembly known to the engine.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new ActivityAssembly(assembly));

    private sealed record ActivityAssembly(Assembly Assembly);
}
