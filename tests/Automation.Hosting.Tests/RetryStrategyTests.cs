using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>R8, where a step chose its own retries.</summary>
public sealed class RetryStrategyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StepThatIsNotToBeRepeated_FailsAtItsFirstTry(bool onPostgres)
    {
        var sms = Funnel.Sms();
        sms["customProperties"] = new JObject { ["resilienceStrategy"] = new JObject { ["mode"] = "Identifier", ["strategyId"] = "none" } };
        await using var host = await RuntimeHost.StartOnAsync(Funnel.Of(Funnel.Trigger("t", Funnel.Entered(Funnel.Meeting), Funnel.Flow(sms))), onPostgres);
        host.Sms.Faults.FailNext(1, 503);

        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await host.UntilAsync(context => context.Runs.AnyAsync(run => run.Status != (int)RunStatus.Suspended, RuntimeHost.Stop));

        Assert.Empty(host.Sms.Ledger);
        await using var read = await host.OpenAsync();
        var effect = await read.Effects.SingleAsync(RuntimeHost.Stop);
        Assert.Equal(((int)EffectState.Failed, 1, "retries_exhausted"), (effect.State, effect.Tries, effect.ErrorCode));
    }
}
