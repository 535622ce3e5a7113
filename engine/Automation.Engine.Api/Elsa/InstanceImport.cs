using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Takes ended runs from files, to be read: all of them, or none. What has not ended goes on where it was.</summary>
internal sealed class InstanceImport(
    IDbContextFactory<AutomationDbContext> contexts, ImportedRuns runs, DefinitionService definitions, ActivityRegistry activities, IOptions<RetentionOptions> retention, IIdSource ids, TimeProvider clock)
{
    private const int LongestText = 200;

    // Clocks of two servers; and an id is made before its run is.
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    /// <returns>Runs taken.</returns>
    /// <exception cref="ProblemException">One of the files cannot be taken; nothing was.</exception>
    public async Task<int> TakeAsync(AccountId account, IReadOnlyList<UploadedFile> files, string by, CancellationToken cancellationToken)
    {
        var read = files.Select(file => (file.Name, Run: Read(file))).ToList();
        foreach (var (name, run) in read) CheckEnd(name, run);
        if (read.GroupBy(one => one.Run.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice) throw Refused("payload_invalid", twice.Last().Name, $"the run {twice.Key} is in another of these files too");
        var taken = new List<ImportedRun>();
        foreach (var (name, run) in read) taken.Add(await PlacedAsync(account, name, run, cancellationToken));
        var known = await runs.StoreAsync(taken, by, cancellationToken);
        if (known.Count == 0) return taken.Count;
        throw Refused("run_exists", read[taken.FindIndex(one => known.Contains(one.Row.Id))].Name, "this run is here already");
    }

    private static InstanceFile Read(UploadedFile file)
    {
        try
        {
            return new(ApiJson.Parse(file.Text));
        }
        catch (FormatException e)
        {
            throw Refused("payload_invalid", file.Name, e.Message);
        }
        catch (JsonException e)
        {
            throw Refused("payload_invalid", file.Name, $"it is no JSON: {e.Message.TrimEnd('.')}");
        }
    }

    private void CheckEnd(string name, InstanceFile run)
    {
        if (run.Status == RunStatus.Running) throw Refused("run_open", name, "the run has not ended. It goes on where it was started; take it when it has ended");
        var now = clock.GetUtcNow();
        if (run.Finished > now + Skew || run.Updated > now + Skew) throw Refused("payload_invalid", name, "the run ends in the future");
        var cut = retention.Value.At(now);
        var (end, before) = run.Status == RunStatus.Faulted ? (run.Updated, cut.Dead) : (run.Finished, cut.Finished);
        if (end < before) throw Refused("run_too_old", name, string.Create(CultureInfo.InvariantCulture, $"the run ended on {end:yyyy-MM-dd}, and what ended before {before:yyyy-MM-dd} is not kept here (Automation__Retention)"));
    }

    private async Task<ImportedRun> PlacedAsync(AccountId account, string name, InstanceFile run, CancellationToken cancellationToken)
    {
        var definition = await DefinitionAsync(account, name, run, cancellationToken);
        var id = await IdAsync(account, run, cancellationToken);
        var state = new RunState
        {
            Id = id,
            DefinitionVersionId = definition.VersionId,
            Status = run.Status,
            Body = new() { ["input"] = run.Input.DeepClone(), ["output"] = run.Output.DeepClone(), ["tree"] = new JArray(new JObject { ["variables"] = run.Variables.DeepClone() }) },
            Incidents = run.Incidents,
            Name = Cut(run.Name),
            CorrelationId = Cut(run.Correlation),
        };
        var journal = Journal(account, id, run).ToList();
        return new(
            new()
            {
                Id = id,
                AccountId = account.Value,
                EntityType = ImportedRuns.EntityType,
                EntityId = id.ToString("N"),
                DefinitionVersionId = definition.VersionId,
                Status = (int)run.Status,
                State = RunJson.Write(state with { Sequence = journal.Count }),
                Name = state.Name,
                CorrelationId = state.CorrelationId,
                IncidentCount = state.Incidents.Count,
                Sequence = journal.Count,
                CreatedAt = run.Created,
                UpdatedAt = run.Updated,
                FinishedAt = run.Finished,
            }, journal);
    }

    /// <summary>The very version; else, since versions get new ids and numbers when a workflow is taken to another server, the newest with the steps that the run went through.</summary>
    private async Task<DefinitionRow> DefinitionAsync(AccountId account, string name, InstanceFile run, CancellationToken cancellationToken)
    {
        if (await definitions.FindVersionAsync(account, run.VersionId, cancellationToken) is { } same) return await FrozenAsync(account, same, cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var versions = await db.Definitions.Where(row => row.AccountId == account.Value && row.DefinitionId == run.DefinitionId)
            .OrderByDescending(row => row.Version == run.Version).ThenByDescending(row => row.Version).Select(row => row.VersionId).ToListAsync(cancellationToken);
        if (versions.Count == 0) throw Refused("definition_missing", name, $"its workflow ({run.DefinitionId}) is not here. Import the workflow first");
        // One document at a time: mostly the first fits.
        foreach (var version in versions)
            if (await definitions.FindVersionAsync(account, version, cancellationToken) is { } row && Fits(row, run)) return await FrozenAsync(account, row, cancellationToken);
        throw Refused("definition_missing", name, $"no version of its workflow ({run.DefinitionId}) that is here has the steps that the run went through. Import that version of the workflow first");
    }

    // A draft would change under it.
    private async Task<DefinitionRow> FrozenAsync(AccountId account, DefinitionRow version, CancellationToken cancellationToken) =>
        version is { IsLatest: true, IsPublished: false } ? await DefinitionEndpoints.RefusedAsync(() => definitions.FreezeAsync(account, version, cancellationToken)) : version;

    private static bool Fits(DefinitionRow row, InstanceFile run)
    {
        var types = DefinitionDocument.Activities(ApiJson.Parse(row.Document)).Where(activity => activity["id"] is JValue { Value: string })
            .DistinctBy(activity => (string)activity["id"]!).ToDictionary(activity => (string)activity["id"]!, activity => (string?)activity["type"], StringComparer.Ordinal);
        return run.Nodes.All(node =>
        {
            var path = node.Split(':');
            // The first is the workflow itself. Inside a workflow that is used as a step nothing of this document stands any more.
            for (var i = 1; i < path.Length; i++)
                if (!types.ContainsKey(path[i])) return i > 1 && types[path[i - 1]] is not ("Elsa.Flowchart" or "Elsa.Sequence");
            return true;
        });
    }

    /// <summary>Its own where nothing else has it and it tells the time that rows lie by; otherwise one that the same run gets each time, so that it is not taken twice.</summary>
    private async Task<Guid> IdAsync(AccountId account, InstanceFile run, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(run.Id, out var own) && own >= TimedId.First(run.Created - Skew) && own <= TimedId.First(run.Created + Skew))
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            if (!await db.Runs.AnyAsync(row => row.Id == own && row.AccountId != account.Value, cancellationToken)) return own;
        }

        return At(run.Created, new(SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Value:N}|{run.Id}")).AsSpan(0, 16), bigEndian: true));
    }

    // Rows lie by the time in their ids, and these belong to when it was.
    private static Guid At(DateTimeOffset time, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        Span<byte> stamp = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        stamp[..6].CopyTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    private IEnumerable<JournalRow> Journal(AccountId account, Guid id, InstanceFile run)
    {
        var (rows, told) = (Rows(run), 0);
        foreach (var facts in rows)
            yield return new()
            {
                Id = At(facts[0].At, ids.NewId()),
                AccountId = account.Value,
                EntityType = ImportedRuns.EntityType,
                EntityId = id.ToString("N"),
                Kind = "run",
                RunId = id,
                Sequence = ++told,
                At = facts[0].At,
                Facts = new JObject { ["imported"] = true, ["status"] = told == rows.Count ? run.Status.ToString() : nameof(RunStatus.Running), ["facts"] = new JArray(facts.Select(one => Open(one.Fact))) }.ToString(Formatting.None),
            };
    }

    // A row tells of one moment.
    private static List<List<ToldFact>> Rows(InstanceFile run)
    {
        var rows = new List<List<ToldFact>>();
        foreach (var told in run.Facts)
            if (rows.Count > 0 && rows[^1][0].At == told.At) rows[^1].Add(told);
            else rows.Add([told]);
        return rows;
    }

    // Another server may have kept what here never stands in the journal.
    private JObject Open(JObject fact)
    {
        if (fact["inputs"] is not JObject inputs || activities.Descriptors.FirstOrDefault(one => one.TypeName == (string?)fact["type"]) is not { } activity) return fact;
        foreach (var secret in activity.Inputs.Where(input => input.Attribute.CanContainSecrets)) inputs.Remove(secret.JsonName);
        return fact;
    }

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    private static ProblemException Refused(string code, string file, string why) => ApiProblem.BadRequest(code, $"{(file.Length > 0 ? file : "A file")}: {why}. Nothing was taken.");
}
