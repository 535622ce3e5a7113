using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Automation.Simulation.Tests.World;

/// <summary>One life of a node: the engine's own services, over a simulated store, network and clock.</summary>
public sealed class SimulatedNode
{
    private readonly History history;
    private readonly Dictionary<MailboxKey, IMailboxActor> actors = [];
    private readonly Dictionary<MailboxKey, List<Action<IMailboxActor>>> leaving = [];
    private readonly ServiceProvider services;
    private readonly InboxService inbox;
    private readonly MailboxActors mailboxes;

    public SimulatedNode(History history, string name)
    {
        this.history = history;
        Name = name;
        Scheduler = new NodeScheduler(history.World, name);
        // Asked for once: a container compiles in the background what it is asked for again.
        services = Build();
        Router = services.GetRequiredService<MailboxRouter>();
        inbox = services.GetRequiredService<InboxService>();
        mailboxes = services.GetRequiredService<MailboxActors>();
    }

    public string Name { get; }

    public NodeScheduler Scheduler { get; }

    public MailboxRouter Router { get; }

    public void Start()
    {
        var clock = services.GetRequiredService<TimeProvider>();
        services.GetRequiredService<RuntimeGate>().Open();
        var scan = services.GetRequiredService<TimerScan>();
        Run(() => LoopAsync(clock, TimeSpan.FromMilliseconds(500), scan.RunAsync));
        var recovery = ActivatorUtilities.CreateInstance<Recovery>(services);
        Run(() => LoopAsync(clock, TimeSpan.FromSeconds(10), recovery.WakeAllAsync));
    }

    /// <summary>Takes a hook; what becomes of it is told unless the node dies before.</summary>
    public void Accept(ConnectionId connection, CrmEvent told, Action<AcceptResult?> answer) => Run(async () =>
    {
        AcceptResult? result = null;
        try
        {
            result = await history.Bug.AcceptAsync(inbox, connection, told);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            history.World.Tell(Name, $"hook {told.DedupKey} refused: {e.Message}");
        }

        answer(result);
    });

    /// <summary>A call of a mailbox has arrived.</summary>
    public void Take(MailboxKey key, Action<IMailboxActor> call)
    {
        if (leaving.TryGetValue(key, out var waiting))
        {
            waiting.Add(call);
            return;
        }

        if (!actors.TryGetValue(key, out var actor))
        {
            history.World.Tell(Name, $"activates {key.EntityId}");
            actors[key] = actor = mailboxes.Activate(key);
        }

        call(actor);
    }

    /// <summary>An idle mailbox goes, as after minutes without a call.</summary>
    public void HandBack()
    {
        var idle = actors.Where(pair => !pair.Value.IsBusy).OrderBy(pair => pair.Key.EntityId, StringComparer.Ordinal).ToList();
        if (idle.Count == 0) return;
        var (key, actor) = idle[history.World.Chance.Next(idle.Count)];
        history.World.Tell(Name, $"hands back {key.EntityId}");
        actors.Remove(key);
        leaving[key] = [];
        Run(async () =>
        {
            await actor.DisposeAsync();
            history.Cluster.Forget(key, this);
            leaving.Remove(key, out var waiting);
            foreach (var call in waiting!) history.Cluster.Send(this, key, "again", call);
        });
    }

    private void Run(Func<Task> work) => _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler);

    private static async Task LoopAsync(TimeProvider clock, TimeSpan pause, Func<CancellationToken, Task<int>> pass)
    {
        using var tick = new PeriodicTimer(pause, clock);
        do
        {
            try
            {
                await pass(CancellationToken.None);
            }
            catch (IOException)
            {
                // The next pass.
            }
        }
        while (await tick.WaitForNextTickAsync());
    }

    private ServiceProvider Build()
    {
        var alone = new AloneMembership();
        var collection = new ServiceCollection();
        collection.AddSingleton<ILoggerFactory>(new TraceLoggers(history.World, Name)).AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        collection.AddSingleton<TimeProvider>(new SimulatedClock(history.World, Scheduler));
        collection.AddSingleton<IIdSource>(history.World);
        collection.AddSingleton(history.Bug.Store(new StoreLink(history, this), history));
        collection.AddSingleton(SimulatedGrains.Of(history.Cluster, this));
        collection.AddSingleton<IClusterMembershipService>(alone).AddSingleton<ILocalSiloDetails>(alone);
        collection.AddSingleton(new Life(history, this)).AddSingleton<IProcessDeaths>(history);
        var handler = history.Bug.Handler(new LedgerHandler(history, this));
        collection.AddSingleton(handler);
        collection.AddSingleton(history.Bug.Observer(handler, Scheduler));
        collection.AddAutomationRuntime(new RuntimeOptions { Scheduler = Scheduler, MaxBatch = 8, RestingRuns = history.World.Seed % 3 });
        Installation.Shared.AddTo(collection);
        return collection.BuildServiceProvider();
    }
}
