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
        Take(await api.GetAsync<DraftView>($"api/funnels/{slug}/draft?lang={language}", cancellationToken));
        Changed?.Invoke();
    }

    /// <summary>Somebody changed the draft: it is read anew unless a change of one's own is under way, which reads it when it is saved.</summary>
    /// <returns>True when it was read anew.</returns>
    public async Task<bool> HearAsync(long revision, string language, CancellationToken cancellationToken)
    {
        heard = Math.Max(heard, revision);
        if (View is null || IsSaving || heard <= View.Revision) return false;
        await LoadAsync(View.Slug, language, cancellationToken);
        return true;
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
        unsaved++;
        Show(edit.Edits.Select(one => new PartValue(one.Part, one.After)));
        Changed?.Invoke();
        await SaveAsync($"changes?lang={language}", edit, language, cancellationToken);
    }

    public Task UndoAsync(string language, CancellationToken cancellationToken) => StepAsync("undo", language, cancellationToken);

    public Task RedoAsync(string language, CancellationToken cancellationToken) => StepAsync("redo", language, cancellationToken);

    private Task StepAsync(string step, string language, CancellationToken cancellationToken)
    {
        unsaved++;
        return SaveAsync($"{step}?lang={language}", null, language, cancellationToken);
    }

    private async Task SaveAsync(string path, object? body, string language, CancellationToken cancellationToken)
    {
        await saving.WaitAsync(cancellationToken);
        try
        {
            var saved = await api.PostAsync<DraftChanged>($"api/funnels/{View!.Slug}/{path}", body, cancellationToken);
            // What is still on its way is not yet in it: the parts of this change alone are the server's.
            if (unsaved == 1) Show(saved.Parts);
            missed |= saved.Revision > View.Revision + 1;
            View = View with { Revision = saved.Revision, Undo = saved.Undo, Redo = saved.Redo, Changed = saved.Changed, Problems = saved.Problems };
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
            Take(await api.GetAsync<DraftView>($"api/funnels/{View!.Slug}/draft?lang={language}", cancellationToken));
            Refused?.Invoke(e.Message);
        }
        finally
        {
            unsaved--;
            saving.Release();
        }

        // What others changed in between is not among the parts of this change.
        if (unsaved == 0 && (missed || heard > View.Revision))
        {
            missed = false;
            Take(await api.GetAsync<DraftView>($"api/funnels/{View.Slug}/draft?lang={language}", cancellationToken));
        }

        Changed?.Invoke();
    }

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
