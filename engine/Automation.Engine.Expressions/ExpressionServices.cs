using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Engine.Expressions;

public static class ExpressionServices
{
    /// <summary>Formulas, scripts and texts. Options <see cref="ExpressionOptions"/> and <see cref="ScriptOptions"/> are checked when first used.</summary>
    public static IServiceCollection AddAutomationExpressions(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ExpressionOptions>().ValidateDataAnnotations();
        services.AddOptions<ScriptOptions>().ValidateDataAnnotations();
        services.TryAddSingleton<ScriptWorkerPool>();
        services.TryAddSingleton<IScriptRunner>(provider => provider.GetRequiredService<ScriptWorkerPool>());
        services.TryAddSingleton<IScriptChecker>(provider => provider.GetRequiredService<ScriptWorkerPool>());
        services.TryAddSingleton<IExpressionEvaluator, ExpressionEvaluator>();
        return services;
    }
}
