using Automation.Engine.Accounts;

namespace Automation.Connectors.Http;

/// <summary>At most so many calls at once per (account, host). A gate lives only while somebody is in it or before it.</summary>
internal sealed class HostGates(int width)
{
    private readonly Lock sync = new();
    private readonly Dictionary<(AccountId, string), Gate> gates = [];

    public int Count { get { lock (sync) return gates.Count; } }

    public async ValueTask<IDisposable> EnterAsync(AccountId account, string host, CancellationToken cancellationToken)
    {
        Gate? gate;
        lock (sync)
        {
            if (!gates.TryGetValue((account, host), out gate)) gates[(account, host)] = gate = new Gate(this, (account, host), width);
            gate.Users++;
        }
        try
        {
            await gate.Places.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(gate);
            throw;
        }
        return new Place(gate);
    }

    private void Leave(Gate gate)
    {
        lock (sync)
        {
            if (--gate.Users > 0) return;
            gates.Remove(gate.Key);
            gate.Places.Dispose();
        }
    }

    private sealed class Gate(HostGates owner, (AccountId, string) key, int width)
    {
        public HostGates Owner => owner;
        public (AccountId, string) Key => key;
        public SemaphoreSlim Places { get; } = new(width);
        public int Users { get; set; }
    }

    private sealed class Place(Gate gate) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) != 0) return;
            gate.Places.Release();
            gate.Owner.Leave(gate);
        }
    }
}
