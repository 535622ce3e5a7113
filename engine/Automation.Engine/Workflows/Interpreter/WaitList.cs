using Automation.Engine.Effects;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What a run waits for: bookmarks and effects.</summary>
internal sealed class WaitList(Burst burst, IEnumerable<Bookmark> bookmarks, IEnumerable<PendingEffect> effects)
{
    private readonly List<PlannedEffect> _planned = [];
    private readonly List<string> _cancelled = [];

    public List<Bookmark> Bookmarks { get; } = [.. bookmarks];
    public List<PendingEffect> Effects { get; } = [.. effects];
    public IReadOnlyList<PlannedEffect> Planned => _planned;
    public IReadOnlyList<string> Cancelled => _cancelled;
    public bool IsEmpty => Bookmarks.Count == 0 && Effects.Count == 0;

    public Bookmark Add(Execution execution, CreateBookmarkArgs args)
    {
        var name = args.BookmarkName ?? execution.Activity.Type;
        var payload = JsonText.From(args.Stimulus);
        var run = burst.Run.Id.ToString("N");
        var callback = args.Callback is null ? null : execution.MethodName(args.Callback);
        var hash = StimulusHash.Of(name, payload, args.IncludeActivityInstanceId ? $"{run}-{execution.Id}" : null);
        var bookmark = new Bookmark($"{run}-{burst.NextNumber()}", name, hash, payload, execution.Id, callback, args.AutoBurn, args.DueAt, args.DueBy, args.WaitsForRun, args.Metadata);
        return Add(execution, bookmark);
    }

    public Bookmark Add(Execution execution, Bookmark bookmark)
    {
        Bookmarks.Add(bookmark);
        execution.Waits++;
        var fact = burst.Facts.Add(execution, "Suspended");
        fact["bookmark"] = bookmark.Id;
        if (bookmark.DueAt is { } dueAt) fact["dueAt"] = JsonText.From(dueAt);
        return bookmark;
    }

    public void Plan(Execution execution, EffectRequest request, string callback)
    {
        var key = EffectKey.Of(execution.Subject.Account, burst.Run.Id, execution.NodeId, execution.Id, ++execution.Calls, RunEdits.Revision(burst.Edits, execution.NodeId));
        if (execution.Retries is { } retries) request = request with { Request = new(request.Request) { [RetryStrategy.Key] = retries.ToJson() } };
        _planned.Add(new PlannedEffect(key, request, execution.Id, callback, burst.NextNumber()));
        Effects.Add(new PendingEffect(key, execution.Id, callback));
        execution.Waits++;
        var fact = burst.Facts.Add(execution, "EffectPlanned");
        fact["effect"] = key;
        fact["kind"] = request.Kind;
        fact["summary"] = request.Summary;
        if (execution.Retries is not null) fact["retries"] = execution.Retries.Id;
    }

    public void Take(Bookmark bookmark, Execution execution)
    {
        if (Bookmarks.Remove(bookmark)) execution.Waits--;
    }

    public void Take(PendingEffect effect, Execution execution)
    {
        if (Effects.Remove(effect)) execution.Waits--;
    }

    public void ClearBookmarks(Execution execution) => execution.Waits -= Bookmarks.RemoveAll(bookmark => bookmark.ContextId == execution.Id);

    /// <summary>Forgets everything that an ended execution waits for.</summary>
    public void Clear(Execution execution)
    {
        if (execution.Waits == 0) return;
        ClearBookmarks(execution);
        foreach (var effect in Effects.Where(effect => effect.ContextId == execution.Id)) Drop(effect.Key);
        execution.Waits -= Effects.RemoveAll(effect => effect.ContextId == execution.Id);
    }

    // Planned in this very step: it was never there. Otherwise the host must take it back.
    private void Drop(string key)
    {
        if (_planned.RemoveAll(planned => planned.Key == key) == 0) _cancelled.Add(key);
    }
}
