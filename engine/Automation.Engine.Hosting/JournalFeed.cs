using System.Collections.Concurrent;
using System.Threading.Channels;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Hosting;

/// <summary>Journal rows as they are committed, for live pages. Evidence only: a slow reader loses rows here, never in the store.</summary>
public sealed class JournalFeed
{
    private readonly ConcurrentDictionary<Channel<JournalRow>, byte> readers = new();

    public void Publish(IReadOnlyList<JournalRow> rows)
    {
        if (readers.IsEmpty) return;
        foreach (var reader in readers.Keys)
            foreach (var row in rows)
                reader.Writer.TryWrite(row);
    }

    /// <summary>Rows from now on.</summary>
    /// <param name="account">Of one account; null: of all.</param>
    public async IAsyncEnumerable<JournalRow> ReadAsync(Guid? account, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<JournalRow>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
        readers[channel] = 0;
        try
        {
            await foreach (var row in channel.Reader.ReadAllAsync(cancellationToken))
                if (account is null || row.AccountId == account) yield return row;
        }
        finally
        {
            readers.TryRemove(channel, out _);
        }
    }
}
