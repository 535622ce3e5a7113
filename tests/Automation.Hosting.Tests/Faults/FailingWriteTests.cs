using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Automation.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Hosting.Tests.Faults;

/// <summary>
/// The first, the second, the third … write of one small history fails: hook, condition, three effects, a timer, a fourth effect, the end.
/// Whichever it is, the outside sees the same, and the store ends in the same state.
/// </summary>
public sealed class FailingWriteTests
{
    private const int TooMany = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task NthWrite_Fails_SameEnd(bool onPostgres) => PlayAsync(onPostgres, (write, done) => write % 2 == (done ? 0 : 1));

    [Theory]
    [Trait("Lane", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public Task EveryWrite_FailsBothWays_SameEnd(bool onPostgres) => PlayAsync(onPostgres, (_, _) => true);

    private static async Task PlayAsync(bool onPostgres, Func<int, bool, bool> isPlayed)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        FailingStore? store = null;
        await using var host = await RuntimeHost.StartAsync(SmallHistory.Funnel, onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(RuntimeHost.Stop) : null, services: services =>
        {
            var real = services.Last(service => service.ServiceType == typeof(IEngineStore));
            services.Remove(real);
            services.AddSingleton<IEngineStore>(provider => store = new FailingStore((IEngineStore)(real.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!)), provider.GetRequiredService<StepObserver>()));
        });
        // Its own echo would only add writes that nobody waits for.
        foreach (var hook in host.Amo.Webhooks) host.Amo.Unsubscribe(hook.Destination);
        var expected = await SmallHistory.PlayAsync(host, "none");
        var (write, played, isOver) = (1, 0, false);
        for (; !isOver; write++)
        {
            Assert.True(write < TooMany, "The history never ends.");
            foreach (var done in (bool[])[false, true])
            {
                if (!isPlayed(write, done)) continue;
                store!.Fail(write, done);
                Assert.Equal(expected, await SmallHistory.PlayAsync(host, $"{write}-{(done ? "done" : "refused")}"));
                // It has fewer writes than this.
                isOver |= store.IsArmed;
                store.Fail(0, false);
                played++;
            }
        }

        // Hook, event, three effects begun and ended, timer, one more effect, end: a history of fewer writes is not this one.
        Assert.True(write > 7, $"only {write - 1} writes");
        Console.WriteLine($"failed writes: {played} histories of up to {write - 1} writes");
    }
}
