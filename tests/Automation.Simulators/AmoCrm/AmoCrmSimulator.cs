using Microsoft.AspNetCore.Routing;

namespace Automation.Simulators.AmoCrm;

/// <summary>
/// An amoCRM account in memory: REST v4, the event feed and account hooks in the vendor's wire form.
/// Deals have the fields that amoCRM has and no more: no priority, no shifts, no presence.
/// </summary>
public sealed partial class AmoCrmSimulator : ISimulator, IAsyncDisposable
{
    private readonly AmoWire wire;
    private readonly List<AmoWebhook> webhooks = [];
    private AmoState state = new();
    private long nextHookId = 1;

    public AmoCrmSimulator(AmoCrmOptions options)
    {
        Options = options;
        Calls = new CallLog(options.Clock);
        Hooks = new AmoHookQueue(options.Clock, options.HookTimeout);
        Hooks.Delivered += OnDelivered;
        wire = new AmoWire(options, (kind, id) => state.Field(kind, id));
    }

    /// <summary>Raised under the simulator's lock: handlers only signal.</summary>
    public event EventHandler? Changed;

    public AmoCrmOptions Options { get; }

    public AmoHookQueue Hooks { get; }

    public CallLog Calls { get; }

    public Faults Faults { get; } = new();

    internal Lock Gate { get; } = new();

    internal AmoState State => state;

    internal long Now => Options.Clock.GetUtcNow().ToUnixTimeSeconds();

    public void Map(IEndpointRouteBuilder routes) => AmoApi.Map(routes, this);

    /// <summary>Forgets every record. Subscriptions stay, so that a connected product stays connected.</summary>
    public void Reset()
    {
        lock (Gate)
        {
            state = new AmoState();
            Faults.Clear();
            Hooks.ClearDeliveries();
            Calls.Clear();
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    public ValueTask DisposeAsync() => Hooks.DisposeAsync();

    private void Announce(string name, FormPairs form)
    {
        var body = form.Encode();
        foreach (var hook in webhooks.Where(hook => !hook.Disabled && hook.Settings.Contains(name)))
            Hooks.Enqueue(hook.Destination, name, body);
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
