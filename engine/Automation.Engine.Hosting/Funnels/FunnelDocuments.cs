using Automation.Engine.Funnels;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>
/// Documents as they were last read. A draft of hundreds of cards is not read anew at every change of one of them, and triggers that did not
/// change stay the same objects, by which what was found out of them is found again. Nobody changes a document in place.
/// </summary>
public sealed class FunnelDocuments
{
    // Drafts that are being edited, each with what is published of it. In memory a document takes some ten times its text.
    private const int Most = 32;
    private const int MostCharacters = 8_000_000;
    private readonly Lock turn = new();
    private readonly LinkedList<Entry> entries = new();

    /// <summary>The draft of a row, by the row's own text.</summary>
    /// <exception cref="FunnelInvalidException">The text is not a funnel document.</exception>
    public FunnelDocument Draft(FunnelRow funnel)
    {
        if (Find(funnel.Id, null) is { } known && known.Text == funnel.Draft) return known.Document;
        var document = FunnelJson.Read(funnel.Draft);
        Keep(funnel, document);
        return document;
    }

    /// <summary>The row's text was just made of this document.</summary>
    public void Keep(FunnelRow funnel, FunnelDocument document) => Put(new(funnel.Id, null, funnel.Draft, funnel.Draft.Length, document));

    /// <summary>A published version with its workflows inside, which never changes; read where it is not kept.</summary>
    public async ValueTask<FunnelDocument> PublishedAsync(Guid funnel, int version, Func<Task<FunnelDocument>> read)
    {
        if (Find(funnel, version) is { } known) return known.Document;
        var document = await read();
        Put(new(funnel, version, "", FunnelJson.Write(document, indented: false).Length, document));
        return document;
    }

    private Entry? Find(Guid funnel, int? version)
    {
        lock (turn)
        {
            for (var node = entries.First; node is not null; node = node.Next)
            {
                if (node.Value.Funnel != funnel || node.Value.Version != version) continue;
                entries.Remove(node);
                entries.AddFirst(node);
                return node.Value;
            }

            return null;
        }
    }

    private void Put(Entry entry)
    {
        lock (turn)
        {
            for (var node = entries.First; node is not null; node = node.Next)
            {
                // Of a funnel only the version that is published now is asked for.
                if (node.Value.Funnel != entry.Funnel || node.Value.Version.HasValue != entry.Version.HasValue) continue;
                entries.Remove(node);
                break;
            }

            entries.AddFirst(entry);
            while (entries.Count > Most || entries.Sum(one => (long)one.Size) > MostCharacters) entries.RemoveLast();
        }
    }

    /// <param name="Version">Null for the draft.</param>
    /// <param name="Text">Of the draft; a version is told by its number.</param>
    /// <param name="Size">Characters of it as text.</param>
    private sealed record Entry(Guid Funnel, int? Version, string Text, int Size, FunnelDocument Document);
}
