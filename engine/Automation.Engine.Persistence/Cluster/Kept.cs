using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Automation.Engine.Persistence.Cluster;

/// <summary>
/// Values read from the store and kept in memory. What was read before a change and arrives after it is not kept: read
/// <see cref="Version"/> first, then the store, then <see cref="Keep"/>.
/// </summary>
public sealed class Kept<TKey, TValue> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> known = new();
    private readonly Lock gate = new();
    private long version;

    /// <summary>Raised by every <see cref="Forget"/>.</summary>
    public long Version => Volatile.Read(ref version);

    public int Count => known.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => known.TryGetValue(key, out value);

    /// <summary>Keeps the value unless something was forgotten since <paramref name="asOf"/>.</summary>
    public void Keep(TKey key, TValue value, long asOf)
    {
        lock (gate)
            if (version == asOf) known[key] = value;
    }

    /// <summary>Drops what <paramref name="which"/> says, all without it.</summary>
    public void Forget(Func<TKey, TValue, bool>? which = null)
    {
        lock (gate)
        {
            version++;
            foreach (var (key, value) in known)
                if (which is null || which(key, value)) known.TryRemove(key, out _);
        }
    }
}
