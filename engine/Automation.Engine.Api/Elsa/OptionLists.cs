using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Engine.Api.Elsa;

/// <summary>Asks an input's <see cref="IInputOptions"/>.</summary>
internal static class OptionLists
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="ProblemException">The provider failed; a 400, since Studio would repeat a 500 three times.</exception>
    public static async Task<IReadOnlyList<InputOption>> ReadAsync(InputDescriptor input, IServiceProvider services, AccountId account, CancellationToken cancellationToken)
    {
        if (input.Attribute.OptionsProvider is not { } type) return [];
        try
        {
            var provider = (IInputOptions)ActivatorUtilities.GetServiceOrCreateInstance(services, type);
            return await provider.ListAsync(account, cancellationToken).AsTask().WaitAsync(Patience, services.GetService<TimeProvider>() ?? TimeProvider.System, cancellationToken);
        }
#pragma warning disable CA1031 // A plug-in's code: whatever it throws is its answer.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw ApiProblem.BadRequest("options_failed", $"{type.Name} gave no list for {input.Name}: {e.GetType().Name}.");
        }
    }
}
