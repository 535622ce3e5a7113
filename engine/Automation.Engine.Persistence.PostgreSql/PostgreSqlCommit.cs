using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Commits steps of different mailboxes: one round trip takes those whose epoch is right, one writes all they change.</summary>
internal sealed class PostgreSqlCommit(IModel model)
{
    private const string LockMailboxes = $"""
        SELECT 1 FROM mailboxes AS m JOIN unnest({MailboxArrays.Unnest}) AS u(a, c, t, i) ON {MailboxArrays.Match}
        ORDER BY m.account_id, m.connection_id, m.entity_type, m.entity_id
        FOR NO KEY UPDATE OF m
        """;

    private const string TakeMailboxes = $"""
        UPDATE mailboxes AS m SET epoch = u.new_epoch, updated_at = u.now,
          state = CASE WHEN u.has THEN u.state ELSE m.state END,
          done_number = CASE WHEN u.has THEN u.done ELSE m.done_number END,
          pipeline_id = CASE WHEN u.has THEN u.pipeline ELSE m.pipeline_id END,
          stage_id = CASE WHEN u.has THEN u.stage ELSE m.stage_id END,
          assigned_to = CASE WHEN u.has THEN u.assigned ELSE m.assigned_to END,
          open = CASE WHEN u.has THEN u.open ELSE m.open END
        FROM unnest({MailboxArrays.Unnest}, $5::int[], $6::bigint[], $7::bigint[], $8::timestamptz[],
          $9::bool[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::bool[])
          AS u(a, c, t, i, place, epoch, new_epoch, now, has, state, done, pipeline, stage, assigned, open)
        WHERE {MailboxArrays.Match} AND m.epoch = u.epoch
        RETURNING u.place
        """;

    // Not every step has journal rows; but each writes its mailbox, and until the next one does, the row tells who wrote it.
    private const string Stands = $"""
        SELECT EXISTS (SELECT 1 FROM journal WHERE account_id = ANY($5) AND id = ANY($6))
          OR EXISTS (SELECT 1 FROM mailboxes AS m JOIN unnest({MailboxArrays.Unnest}) AS u(a, c, t, i) ON {MailboxArrays.Match} WHERE m.xmin = ($7::text::xid8)::xid)
        """;

    private readonly StepWrites stepWrites = new(model);

    /// <returns>For each step, in order: false when its epoch is stale.</returns>
    public async Task<Written<IReadOnlyList<bool>>> RunAsync(NpgsqlTransaction transaction, IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
    {
        var taken = new bool[steps.Count];
        string? id = null;
        NpgsqlBatch? writes = null;
        foreach (var wave in Waves(steps))
        {
            if (writes is not null) await writes.ExecuteNonQueryAsync(cancellationToken);
            id = await TakeAsync(transaction, steps, wave, taken, cancellationToken);
            writes = new NpgsqlBatch(transaction.Connection, transaction);
            stepWrites.AddTo(writes, [.. wave.Where(i => taken[i]).Select(i => steps[i])]);
        }

        return new(taken, id, taken.Contains(true) ? writes : null, () => Witness([.. steps.Where((_, i) => taken[i])], id));
    }

    private static Witness Witness(IReadOnlyList<StepCommit> steps, string? id)
    {
        var journal = steps.SelectMany(step => step.Journal).ToList();
        return new(Stands,
        [
            .. MailboxArrays.Of([.. steps.Select(step => step.Mailbox)]),
            journal.Select(row => row.AccountId).Distinct().ToArray(), journal.Select(row => row.Id).ToArray(), id ?? "",
        ]);
    }

    // One statement changes a row once: further steps of a mailbox (two claims of it, say) go in further waves of the transaction.
    private static List<List<int>> Waves(IReadOnlyList<StepCommit> steps)
    {
        var seen = new Dictionary<MailboxKey, int>();
        var waves = new List<List<int>>();
        for (var i = 0; i < steps.Count; i++)
        {
            var wave = seen.GetValueOrDefault(steps[i].Mailbox);
            seen[steps[i].Mailbox] = wave + 1;
            if (wave == waves.Count) waves.Add([]);
            waves[wave].Add(i);
        }
        return waves;
    }

    /// <returns>The transaction's id.</returns>
    private static async Task<string?> TakeAsync(NpgsqlTransaction transaction, IReadOnlyList<StepCommit> steps, List<int> wave, bool[] taken, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        var arrays = MailboxArrays.Of([.. wave.Select(i => steps[i].Mailbox)]);
        batch.Add(LockMailboxes, arrays);
        batch.Add(TakeMailboxes, [.. arrays, .. Columns(steps, wave)]);
        batch.Add(Batches.TransactionId);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) taken[reader.GetInt32(0)] = true;
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetString(0);
    }

    private static object[] Columns(IReadOnlyList<StepCommit> steps, List<int> wave) =>
    [
        wave.ToArray(),
        wave.Select(i => steps[i].Epoch).ToArray(),
        wave.Select(i => steps[i].NewEpoch).ToArray(),
        wave.Select(i => steps[i].Now.ToUniversalTime()).ToArray(),
        wave.Select(i => steps[i].State is not null).ToArray(),
        wave.Select(i => steps[i].State?.State).ToArray(),
        wave.Select(i => steps[i].State?.DoneNumber).ToArray(),
        wave.Select(i => steps[i].State?.PipelineId).ToArray(),
        wave.Select(i => steps[i].State?.StageId).ToArray(),
        wave.Select(i => steps[i].State?.AssignedTo).ToArray(),
        wave.Select(i => steps[i].State?.Open).ToArray(),
    ];
}
