using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Json;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Deals;

/// <summary>Finds deals: by number through the key, by name by walking through what is kept of them, so far at a time.</summary>
internal sealed class DealReads(AutomationDbContext db, CrmDirectoryCache directories, AccountId account, TimeProvider clock)
{
    private const int Window = 20_000;
    private const int LookedBack = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    /// <summary>Those that something happened to last.</summary>
    public async Task<PageView<DealView>> LastAsync(int take, CancellationToken cancellationToken)
    {
        var rows = await db.Journal.AsNoTracking().Where(row => row.AccountId == account.Value).OrderByDescending(row => row.Id).Select(row => new { row.ConnectionId, row.EntityType, row.EntityId }).Take(LookedBack).ToListAsync(cancellationToken);
        var last = rows.Where(row => row.EntityType == EntityTypes.Deal).Select(row => (row.ConnectionId, row.EntityId)).Distinct().Take(take).ToList();
        var found = new Dictionary<(Guid, string), MailboxRow>();
        foreach (var group in last.GroupBy(one => one.ConnectionId))
        {
            var ids = group.Select(one => one.EntityId).ToList();
            foreach (var row in await In(group.Key).Where(row => ids.Contains(row.EntityId)).ToListAsync(cancellationToken)) found[(row.ConnectionId, row.EntityId)] = row;
        }

        return new(await ViewAsync(last.Select(one => found.GetValueOrDefault(one)).OfType<MailboxRow>(), cancellationToken), null);
    }

    /// <summary>Deals whose number begins so, or whose name holds it.</summary>
    /// <param name="cursor">Where the walk goes on.</param>
    public async Task<PageView<DealView>> SearchAsync(string text, Guid? connection, string? cursor, int take, CancellationToken cancellationToken)
    {
        var crms = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value && (connection == null || row.Id == connection)).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellationToken);
        var (from, after) = Place(cursor);
        var found = new List<MailboxRow>();
        if (cursor is null) foreach (var crm in crms) found.AddRange(await In(crm).Where(row => row.EntityId == text).ToListAsync(cancellationToken));
        var began = clock.GetTimestamp();
        foreach (var crm in crms.Where(id => from is null || id.CompareTo(from.Value) >= 0))
        {
            var last = crm == from ? after : "";
            while (true)
            {
                var (low, high) = (last, await EdgeAsync(crm, last, cancellationToken));
                var window = In(crm).Where(row => row.EntityId.CompareTo(low) > 0);
                if (high is not null) window = window.Where(row => row.EntityId.CompareTo(high) <= 0);
                var rows = await Named(window, text).OrderBy(row => row.EntityId).Take(take + 1).ToListAsync(cancellationToken);
                found.AddRange(rows.Where(row => row.EntityId != text && Fits(row, text)));
                if (found.Count > take) return new(await ViewAsync(found.Take(take), cancellationToken), Cursor(crm, found[take - 1].EntityId));
                if (rows.Count > take) last = rows[^1].EntityId;
                else if (high is null) break;
                else last = high;
                if (clock.GetElapsedTime(began) > Patience) return new(await ViewAsync(found, cancellationToken), Cursor(crm, last));
            }
        }

        return new(await ViewAsync(found, cancellationToken), null);
    }

    public async Task<IReadOnlyList<DealView>> ViewAsync(IEnumerable<MailboxRow> rows, CancellationToken cancellationToken)
    {
        var page = rows.ToList();
        var ids = page.Select(row => row.ConnectionId).Distinct().ToList();
        var names = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value && ids.Contains(row.Id)).Select(row => new { row.Id, row.Name }).ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);
        var views = new List<DealView>(page.Count);
        foreach (var row in page) views.Add(View(row, names.GetValueOrDefault(row.ConnectionId, ""), await directories.GetAsync(new(row.ConnectionId), cancellationToken)));
        return views;
    }

    private static DealView View(MailboxRow row, string connection, CrmDirectory? directory)
    {
        var known = Known(row.State);
        var stage = row.PipelineId is { } pipeline && row.StageId is { } at ? StageNames.Of(new StageRef(pipeline, at).ToString(), null, directory) : null;
        var user = row.AssignedTo is { } id ? directory?.Users.FirstOrDefault(one => one.Id == id)?.Name ?? id : null;
        var price = known?[EntityFields.Price] is JValue { Value: { } amount } && decimal.TryParse(Convert.ToString(amount, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var number) ? number : (decimal?)null;
        return new(connection, row.ConnectionId, row.EntityId, (string?)known?[EntityFields.Name], stage, user, price, row.Open, row.UpdatedAt);
    }

    private IQueryable<MailboxRow> In(Guid connection) => db.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection && row.EntityType == EntityTypes.Deal);

    /// <summary>The last id of a window; null for the rest.</summary>
    private Task<string?> EdgeAsync(Guid connection, string after, CancellationToken cancellationToken) =>
        In(connection).Where(row => row.EntityId.CompareTo(after) > 0).OrderBy(row => row.EntityId).Select(row => row.EntityId).Skip(Window).FirstOrDefaultAsync(cancellationToken);

    // The databases do not agree on what is the same letter; the closer look is taken here.
    private static IQueryable<MailboxRow> Named(IQueryable<MailboxRow> rows, string text)
    {
        var (lower, upper) = (text.ToLowerInvariant(), text.ToUpperInvariant());
        var first = string.Concat(upper.AsSpan(0, 1), lower.AsSpan(1));
        return rows.Where(row => row.EntityId.StartsWith(text) || row.State.Contains(text) || row.State.Contains(lower) || row.State.Contains(upper) || row.State.Contains(first));
    }

    private static bool Fits(MailboxRow row, string text) =>
        row.EntityId.StartsWith(text, StringComparison.Ordinal) || Places.NameIn(row.State)?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static JObject? Known(string state)
    {
        try
        {
            return MailboxState.FromJson(state).Known;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Cursor(Guid connection, string id) => $"{connection:N}{id}";

    private static (Guid? Connection, string After) Place(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return (null, "");
        return cursor.Length > 32 && Guid.TryParseExact(cursor[..32], "N", out var id) ? (id, cursor[32..]) : throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
    }
}
