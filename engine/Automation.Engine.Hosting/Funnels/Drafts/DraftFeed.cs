using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Hosting.Funnels.Drafts;

/// <summary>A draft that was changed, published or left.</summary>
/// <param name="By">Who changed it; null when it is not known.</param>
public sealed record DraftNotice(Guid Account, Guid Funnel, Guid? By);

/// <summary>Notices of changed drafts for pages that are open in this process, whichever node changed them.</summary>
public sealed class DraftFeed : IKeepsInMemory
{
    private readonly ConcurrentDictionary<Channel<DraftNotice>, (Guid Account, Guid Funnel, string Name)> readers = new();

    public IReadOnlyList<string> Tables { get; } = ["draft_changes", "funnels"];

    /// <summary>Another node changed some draft of the account: every page of it looks again.</summary>
    public void Forget(Guid? account)
    {
        foreach (var (reader, of) in readers)
            if (account is null || of.Account == account) reader.Writer.TryWrite(new(of.Account, of.Funnel, null));
    }

    public void Tell(FunnelRow funnel, Guid? by) => Tell(new DraftNotice(funnel.AccountId, funnel.Id, by));

    /// <summary>Names of those who have the funnel's page open on this node.</summary>
    public IReadOnlyList<string> People(Guid funnel) => [.. readers.Values.Where(one => one.Funnel == funnel).Select(one => one.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.CurrentCulture)];

    /// <summary>Notices of one funnel from now on; while they are read, the reader counts as present.</summary>
    public async IAsyncEnumerable<DraftNotice> ReadAsync(Guid account, Guid funnel, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<DraftNotice>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        readers[channel] = (account, funnel, name);
        Tell(new DraftNotice(account, funnel, null));
        try
        {
            await foreach (var notice in channel.Reader.ReadAllAsync(cancellationToken)) yield return notice;
        }
        finally
        {
            readers.TryRemove(channel, out _);
            Tell(new DraftNotice(account, funnel, null));
        }
    }

    private void Tell(DraftNotice notice)
    {
        foreach (var (reader, of) in readers)
            if (of.Funnel == notice.Funnel) reader.Writer.TryWrite(notice);
    }
}
