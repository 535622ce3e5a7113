using Automation.Engine.Api.Json;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Api.Journal;

/// <summary>Says in words where runs are now: what they have under way, what they wait for, why they stopped.</summary>
internal sealed class RunNow(bool english)
{
    private const int MostLines = 5;

    /// <summary>Of runs of one mailbox. Ended well, a run has nothing to say; a cancelled one says what cancelled it.</summary>
    public async Task<Dictionary<Guid, List<WhyNow>>> OfAsync(AutomationDbContext db, IReadOnlyList<RunRow> runs, CancellationToken cancellationToken)
    {
        var told = await OfOpenAsync(db, runs, cancellationToken);
        foreach (var run in runs.Where(run => (RunStatus)run.Status == RunStatus.Cancelled))
        {
            var last = await db.Journal.AsNoTracking().Where(row => row.RunId == run.Id && row.AccountId == run.AccountId).OrderByDescending(row => row.Sequence).Select(row => row.Facts).FirstOrDefaultAsync(cancellationToken);
            if (last is not null && RunWords.WhyCancelled(ApiJson.Parse(last), english) is { } why) told[run.Id] = [new(why, null)];
        }

        return told;
    }

    private async Task<Dictionary<Guid, List<WhyNow>>> OfOpenAsync(AutomationDbContext db, IReadOnlyList<RunRow> runs, CancellationToken cancellationToken)
    {
        var open = runs.Where(run => (RunStatus)run.Status is RunStatus.Running or RunStatus.Suspended or RunStatus.Faulted).ToList();
        if (open is not [var one, ..]) return [];
        var ids = open.ConvertAll(run => run.Id);
        var effects = await db.Effects.AsNoTracking().Where(effect => effect.AccountId == one.AccountId && effect.ConnectionId == one.ConnectionId && effect.EntityType == one.EntityType && effect.EntityId == one.EntityId
            && (effect.State == (int)EffectState.Planned || effect.State == (int)EffectState.Sending || effect.State == (int)EffectState.Unknown)).OrderBy(effect => effect.Position).ToListAsync(cancellationToken);
        var timers = await db.Timers.AsNoTracking().Where(timer => timer.AccountId == one.AccountId && timer.ConnectionId == one.ConnectionId && timer.EntityType == one.EntityType && timer.EntityId == one.EntityId && timer.RunId != null).ToListAsync(cancellationToken);
        return open.ToDictionary(run => run.Id, run => Of(run, effects, timers).Take(MostLines).ToList());
    }

    private IEnumerable<WhyNow> Of(RunRow run, List<EffectRow> effects, List<TimerRow> timers)
    {
        foreach (var effect in effects.Where(effect => effect.RunId == run.Id)) yield return Of(effect);
        if (Read(run) is not { } state)
        {
            yield return new(Say("состояние запуска не читается: повторите его", "the run's stored state cannot be read: redrive it"), null);
            yield break;
        }

        if (state.Status == RunStatus.Faulted)
        {
            foreach (var incident in state.Incidents.TakeLast(1)) yield return new(Say($"остановлен на шаге «{incident.ActivityId}»: {incident.Message}", $"stopped at the step '{incident.ActivityId}': {incident.Message}"), null);
            yield break;
        }

        foreach (var bookmark in state.Bookmarks)
        {
            var due = timers.Find(timer => timer.RunId == run.Id && timer.BookmarkId == bookmark.Id)?.DueAt;
            yield return due is not null ? new(Say("ждёт срока", "waits until its time"), due)
                : bookmark.WaitsForRun ? new(Say("ждёт другого сценария", "waits for another workflow"), null)
                : new(Say($"ждёт события ({bookmark.Name})", $"waits for an event ({bookmark.Name})"), null);
        }
    }

    private WhyNow Of(EffectRow effect) => (EffectState)effect.State switch
    {
        EffectState.Unknown => new(Say($"«{effect.Summary}»: неизвестно, сделано ли; решает человек", $"'{effect.Summary}': nobody knows whether it was done; a person decides"), null),
        EffectState.Sending => new(Say($"«{effect.Summary}»: ответа ещё нет, может ждать своей очереди у сервиса; начато", $"'{effect.Summary}': no answer yet, it may wait for its turn at the service; begun"), effect.FirstTryAt ?? effect.PlannedAt),
        _ when effect.NextTryAt is { } next => new(Say($"«{effect.Summary}»: пока не удалось ({effect.ErrorMessage}), попыток: {effect.Tries}; следующая", $"'{effect.Summary}': failed so far ({effect.ErrorMessage}), tries: {effect.Tries}; the next one"), next),
        _ when effect.ErrorCode is not null => new(Say($"«{effect.Summary}»: сервис не отвечает, уйдёт, когда он снова ответит", $"'{effect.Summary}': the service does not answer, it goes out when it does again"), null),
        _ => new(Say($"«{effect.Summary}»: ждёт очереди за другими действиями этой сделки", $"'{effect.Summary}': queues behind other actions of this deal"), null),
    };

    private static RunState? Read(RunRow run)
    {
        try
        {
            return RunJson.ReadState(run.State);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Say(string ru, string en) => english ? en : ru;
}
