using Automation.Engine.Effects;
using Microsoft.EntityFrameworkCore;

namespace Automation.Hosting.Tests;

public sealed class UnknownResultTests
{
    /// <summary>The answer is lost and the look-up fails too: the next try looks up again before it would send a second time.</summary>
    [Fact]
    public async Task Sms_AnswerAndLookUpLost_IsNotSentTwice()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(Funnel.Trigger("call", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("раз")))));
        var armed = 0;
        host.Sms.Faults.LoseNextAnswers();
        host.Sms.Changed += (_, _) =>
        {
            if (Interlocked.Increment(ref armed) == 1) host.Sms.Faults.FailNext(1, 503);
        };
        var deal = host.AddDeal("Окно");
        host.Move(deal, Funnel.Meeting);
        await host.UntilAsync(context => context.Effects.AnyAsync(row => row.State == (int)EffectState.Done, RuntimeHost.Stop));

        Assert.Single(host.Sms.Ledger);
        await using var read = await host.OpenAsync();
        Assert.Equal(2, (await read.Effects.SingleAsync(RuntimeHost.Stop)).Tries);
    }
}
