using System.Diagnostics.CodeAnalysis;

namespace Automation.Engine.Expressions;

/// <summary>Keeps the most recently used results of a pure function; a full cache drops the least recently used one.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _index = new(comparer);
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
    private readonly Lock _lock = new();

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make) =>
        TryGet(key, out var found) ? found : Add(key, make(key));  // outside the lock: two threads may both make it, one wins

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            if (!_index.TryGetValue(key, out var found))
            {
                value = default;
                return false;
            }

            if (_order.First != found)
            {
                _order.Remove(found);
                _order.AddFirst(found);
            }

            value = found.Value.Value;
            return true;
        }
    }

    /// <returns>What is kept: the value, or another's that was there first.</returns>
    public TValue Add(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (_index.TryGetValue(key, out var found)) return found.Value.Value;
            if (_index.Count >= capacity && _order.Last is { } last)
            {
                _index.Remove(last.Value.Key);
                _order.RemoveLast();
            }

            _index[key] = _order.AddFirst((key, value));
            return value;
        }
    }
}
