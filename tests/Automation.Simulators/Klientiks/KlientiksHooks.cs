using System.Globalization;

namespace Automation.Simulators.Klientiks;

/// <summary>Calls the configured addresses after a change. A hint: only ids, no signature, one try.</summary>
public sealed class KlientiksHooks : IDisposable
{
    private readonly Lock gate = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly TimeProvider clock;
    private readonly KlientiksSwitches switches;
    private readonly List<KlientiksHookDelivery> deliveries = [];
    private readonly List<(Uri Address, HttpMethod Method)> targets = [];
    private Task last = Task.CompletedTask;

    internal KlientiksHooks(TimeProvider clock, KlientiksSwitches switches)
    {
        this.clock = clock;
        this.switches = switches;
    }

    internal event Action? Delivered;

    public IReadOnlyList<KlientiksHookDelivery> Deliveries { get { lock (gate) return [.. deliveries]; } }

    public IReadOnlyList<Uri> Targets { get { lock (gate) return [.. targets.Select(target => target.Address)]; } }

    /// <param name="method">GET or POST. Default GET.</param>
    public void AddTarget(Uri address, HttpMethod? method = null)
    {
        lock (gate)
        {
            targets.RemoveAll(target => target.Address == address);
            targets.Add((address, method ?? HttpMethod.Get));
        }
    }

    public void RemoveTarget(Uri address)
    {
        lock (gate)
            targets.RemoveAll(target => target.Address == address);
    }

    /// <summary>Completes when every hook of the changes so far has been sent.</summary>
    public Task IdleAsync()
    {
        lock (gate)
            return last;
    }

    public void Dispose() => http.Dispose();

    internal void Send(string name, long visitId, long clientId)
    {
        lock (gate)
        {
            var all = targets.ToList();
            var copies = switches.HookCopies;
            if (all.Count > 0 && copies > 0)
                last = AfterAsync(last, all, copies, name, switches.HookWithWrongData ? visitId + 1 : visitId, clientId);
        }
    }

    private async Task AfterAsync(Task before, List<(Uri, HttpMethod)> all, int copies, string name, long visitId, long clientId)
    {
        await before;
        if (switches.HookDelay > TimeSpan.Zero)
            await Task.Delay(switches.HookDelay, clock);
        foreach (var (address, method) in all)
            for (var i = 0; i < copies; i++)
                await CallAsync(address, method, name, visitId, clientId);
    }

    private async Task CallAsync(Uri address, HttpMethod method, string name, long visitId, long clientId)
    {
        var mark = address.Query.Length > 0 ? "&" : "?";
        var url = string.Create(CultureInfo.InvariantCulture, $"{address}{mark}visit={visitId}&client={clientId}");
        int? status = null;
        try
        {
            using var request = new HttpRequestMessage(method, url);
            using var answer = await http.SendAsync(request);
            status = (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            status = null;
        }
        lock (gate)
            deliveries.Add(new KlientiksHookDelivery(deliveries.Count + 1, clock.GetUtcNow(), url, method.Method, name, status));
        Delivered?.Invoke();
    }
}
