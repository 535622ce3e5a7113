using Automation.Engine.Effects;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Each try has a key of its own.</summary>
public sealed class RetryWithANewKey : PlantedBug
{
    public override IEffectHandler Handler(IEffectHandler handler) => new Rekeyed(handler);

    private sealed class Rekeyed(IEffectHandler handler) : IEffectHandler
    {
        public string Kind => handler.Kind;

        public Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken) => handler.SendAsync(Anew(call), cancellationToken);

        public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken) => handler.FindAsync(Anew(call), cancellationToken);

        private static EffectCall Anew(EffectCall call) => call with { Key = FormattableString.Invariant($"{call.Key}/{call.Try}") };
    }
}
