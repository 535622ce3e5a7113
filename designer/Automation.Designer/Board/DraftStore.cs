using System.Net;
using Automation.Designer.Session;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;

namespace Automation.Designer.Board;

/// <summary>
/// The draft that is on the screen. A change is shown at once and saved behind it, one after the other; what the server makes of it, with
/// what others changed meanwhile, takes its place.
/// </summary>
public sealed class DraftStore(ApiClient api) : IDisposable
{
    private readonly SemaphoreSlim saving = new(1, 1);
    private readonly List<DraftEdit> pending = [];
    private int unsaved;
    private long heard;
    private bool missed;

    public DraftView? View { get; private set; }

    public FunnelDocument Document { get; private set; } = new() { Slug = "", Name = "" };

    public bool IsSaving => unsaved > 0;

    /// <summary>Anything of it changed.</summary>
    public event Action? Changed;

    /// <summary>A change was refused: the reason in words. The draft on the screen is the server's again.</summary>
    public event Action<string>? Refused;

    public async Task LoadAsync(string slug, string language, CancellationToken cancellationToken)
    {
        await saving.WaitAsync(cancellationToken);
        try
        {
            await ReadAsync(slug, language, cancellationToken);
        }
        finally
        {
            saving.Release();
        }

        Changed?.Invoke();
    }

    /// <summary>Somebody changed the draft: it is read anew, and what is on its way to the server is laid over it.</summary>
    /// <returns>True when it was read anew.</returns>
    public async Task<bool> HearAsync(long revision, string language, CancellationToken cancellationToken)
    {
        heard = Math.Max(heard, revision);
        // What is being saved looks again when it is saved.
        if (View is null || IsSaving || heard <= View.Revision) return false;
        await saving.WaitAsync(cancellationToken);
        try
        {
            if (heard <= View.Revision) return false;
            await ReadAsync(View.Slug, language, cancellationToken);
        }
        finally
        {
            saving.Release();
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Waits until everything of one's own is saved.</summary>
    public async Task SettledAsync(CancellationToken cancellationToken)
    {
        while (IsSaving)
        {
            await saving.WaitAsync(cancellationToken);
            saving.Release();
        }
    }

    public FunnelTrigger? Find(string id) => Document.Triggers.FirstOrDefault(trigger => trigger.Id == id);

    /// <summary>Puts triggers in place of those of the same id, new ones behind them.</summary>
    public Task PutAsync(ChangeName name, IReadOnlyList<FunnelTrigger> triggers, string language, CancellationToken cancellationToken)
    {
        if (triggers.Count == 0) return Task.CompletedTask;
        var edits = triggers.Select(trigger => new PartEdit(trigger.Id, Find(trigger.Id) is { } before ? FunnelJson.ToJson(before) : null, FunnelJson.ToJson(trigger))).ToList();
        return ChangeAsync(new(name, edits), language, cancellationToken);
    }

    public Task RemoveAsync(ChangeName name, IReadOnlyList<string> ids, string language, CancellationToken cancellationToken)
    {
        var edits = ids.Select(Find).OfType<FunnelTrigger>().Select(trigger => new PartEdit(trigger.Id, FunnelJson.ToJson(trigger), null)).ToList();
        return edits.Count == 0 ? Task.CompletedTask : ChangeAsync(new(name, edits), language, cancellationToken);
    }

    /// <summary>Changes what is not a trigger: name, connection, stages.</summary>
    public Task ChangeHeadAsync(ChangeName name, FunnelDocument head, string language, CancellationToken cancellationToken) =>
        ChangeAsync(new(name, [new(PartEdit.Head, FunnelJson.HeadOf(Document), FunnelJson.HeadOf(head))]), language, cancellationToken);

    public async Task ChangeAsync(DraftEdit edit, string language, CancellationToken cancellationToken)
    {
        pending.Add(edit);
        Show(Values(edit));
        Changed?.Invoke();
        await SaveAsync($"changes?lang={language}", edit, language, cancellationToken);
    }

    public Task UndoAsync(string language, CancellationToken cancellationToken) => SaveAsync($"undo?lang={language}", null, language, cancellationToken);

    public Task RedoAsync(string language, CancellationToken cancellationToken) => SaveAsync($"redo?lang={language}", null, language, cancellationToken);

    /// <param name="edit">Null for a step back or forth.</param>
    private async Task SaveAsync(string path, DraftEdit? edit, string language, CancellationToken cancellationToken)
    {
        unsaved++;
        await saving.WaitAsync(cancellationToken);
        try
        {
            var saved = await api.PostAsync<DraftChanged>($"api/funnels/{View!.Slug}/{path}", edit, cancellationToken);
            if (edit is not null) pending.Remove(edit);
            // What is still on its way is not yet in it.
            if (pending.Count == 0) Show(saved.Parts);
            missed |= saved.Revision > View.Revision + 1;
            View = View with { Revision = saved.Revision, Undo = saved.Undo, Redo = saved.Redo, Changed = saved.Changed, Problems = saved.Problems };
            // What others changed in between is not among the parts of this change.
            if (unsaved == 1 && (missed || heard > View.Revision)) await ReadAsync(View.Slug, language, cancellationToken);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
            if (edit is not null) pending.Remove(edit);
            await ReadAsync(View!.Slug, language, cancellationToken);
            Refused?.Invoke(e.Message);
        }
        finally
        {
            unsaved--;
            saving.Release();
        }

        Changed?.Invoke();
    }

    private async Task ReadAsync(string slug, string language, CancellationToken cancellationToken)
    {
        Take(await api.GetAsync<DraftView>($"api/funnels/{slug}/draft?lang={language}", cancellationToken));
        missed = false;
        foreach (var edit in pending) Show(Values(edit));
    }

    private static IEnumerable<PartValue> Values(DraftEdit edit) => edit.Edits.Select(one => new PartValue(one.Part, one.After));

    public void Dispose() => saving.Dispose();

    private void Take(DraftView view)
    {
        View = view;
        Document = FunnelJson.Read(view.Document.ToString(Newtonsoft.Json.Formatting.None));
    }

    private void Show(IEnumerable<PartValue> parts)
    {
        var triggers = Document.Triggers.ToList();
        foreach (var part in parts)
        {
            if (part.Part == PartEdit.Head)
            {
                if (part.Value is { } head) Document = FunnelJson.ReadHead(head) with { Triggers = triggers };
                continue;
            }

            var at = triggers.FindIndex(trigger => trigger.Id == part.Part);
            if (part.Value is null)
            {
                if (at >= 0) triggers.RemoveAt(at);
            }
            else if (at >= 0) triggers[at] = FunnelJson.ReadTrigger(part.Value);
            else triggers.Add(FunnelJson.ReadTrigger(part.Value));
        }

        Document = Document with { Triggers = triggers };
    }
}
