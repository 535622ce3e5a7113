using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>
/// Answers what the steps of a trial ask for: from the deal as it was, from what the journal recorded for the deal then, from what events
/// told of other entities by then. Nobody is called; what nobody here knows is answered as empty, a contact by one
/// that stands for him, and named in <see cref="Unknown"/>.
/// </summary>
internal sealed class TrialReads(CrmDirectoryCache directories, TrialClock clock)
{
    // What these ask comes back to here, or is answered by this installation itself.
    private static readonly string[] Own = ["root/", "user/", "script/", "deadline/", "connection/", "link/", "managers/", "template/"];
    private const int MostUnknown = 100;

    /// <summary>Id of the contact that stands for one that is not known.</summary>
    private const string SomeId = "trial";
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private DealPast? past;
    private Func<MailboxState> state = () => new();

    /// <summary>What was asked for and nobody knew: <c>contact/5</c>, <c>deal/7/tasks</c>.</summary>
    public IReadOnlyCollection<string> Unknown => unknown;

    /// <summary>From here on a deal's steps ask.</summary>
    public void Enter(DealPast deal, Func<MailboxState> now) => (past, state) = (deal, now);

    public async Task<JToken> ReadAsync(string name, Func<CancellationToken, Task<JToken>> read, CancellationToken cancellationToken)
    {
        // Turns are taken by runs that are real.
        if (name.StartsWith("link/", StringComparison.Ordinal) && name.Split('/')[1].EndsWith("_turn", StringComparison.Ordinal)) return JValue.CreateNull();
        if (Array.Exists(Own, own => name.StartsWith(own, StringComparison.Ordinal))) return await read(cancellationToken);
        if (name.StartsWith("sms/", StringComparison.Ordinal)) return new JValue(nameof(EffectPolicy.Hold));
        var asked = AskedThing.Of(name, past!.Key.Connection);
        if (asked.Entity is var (type, id))
        {
            if (asked.Connection == past.Key.Connection && type == past.Key.EntityType && id == past.Key.EntityId) return await OwnAsync(asked, cancellationToken);
            var found = await RecordedAsync(asked, cancellationToken) ?? (id == SomeId ? null : await past.StateAsOfAsync(new(past.Key.Account, asked.Connection, type, id), clock.Now, cancellationToken));
            return found?.DeepClone() ?? Nothing(asked, type == EntityTypes.Contact ? SomeContact(id) : JValue.CreateNull());
        }

        if (await RecordedAsync(asked, cancellationToken) is { } answer) return answer.DeepClone();
        if (asked.Name == "stages") return await StagesAsync(asked.Connection, cancellationToken);
        return Nothing(asked, asked.IsList ? new JArray() : JValue.CreateNull());
    }

    /// <summary>The mailbox's own entity as of now, with what hooks never tell from what a step read of it.</summary>
    private async Task<JToken> OwnAsync(AskedThing asked, CancellationToken cancellationToken)
    {
        var (now, read) = (state(), await RecordedAsync(asked, cancellationToken));
        var whole = (JObject?)(read as JObject)?.DeepClone() ?? [];
        if (now is { Complete: true, Known: { } known })
            foreach (var (name, value) in known) whole[name] = value?.DeepClone();
        else whole.Merge(now.Known ?? [], new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        if (past!.Key.EntityType != EntityTypes.Deal || read is not null || whole[EntityFields.ContactId] is not null) return whole;
        // Hooks of a deal do not tell its contact: somebody stands for him, so that the run goes on.
        Nothing(new(asked.Connection, $"{asked.Name}/contact"), JValue.CreateNull());
        whole[EntityFields.ContactId] = SomeId;
        return whole;
    }

    private static JObject SomeContact(string id) => new() { [EntityFields.Id] = id, [EntityFields.Name] = "…", [EntityFields.Phone] = "+79000000000", [EntityFields.Email] = "contact@example.com" };

    /// <summary>The last answer by now; the first one where all came later.</summary>
    private async Task<JToken?> RecordedAsync(AskedThing asked, CancellationToken cancellationToken)
    {
        var same = (await past!.RecordedAsync(cancellationToken)).Where(one => one.Asked == asked).ToList();
        return (same.LastOrDefault(one => one.At <= clock.Now) ?? same.FirstOrDefault())?.Answer;
    }

    private async Task<JToken> StagesAsync(ConnectionId connection, CancellationToken cancellationToken) =>
        JArray.FromObject((await directories.GetAsync(connection, cancellationToken))?.Pipelines.SelectMany(pipeline => pipeline.Stages) ?? []);

    private JToken Nothing(AskedThing asked, JToken empty)
    {
        if (unknown.Count < MostUnknown) unknown.Add(asked.Name);
        return empty;
    }
}

/// <summary>What a step asks another system for, whoever asks and however often.</summary>
/// <param name="Name">Such as <c>contact/5</c>, <c>deal/7/tasks</c>, <c>visit/3</c>.</param>
internal sealed record AskedThing(ConnectionId Connection, string Name)
{
    /// <summary>Type and id where one entity is asked for.</summary>
    public (string Type, string Id)? Entity => Name.Split('/') is [var type, var id] && type is EntityTypes.Deal or EntityTypes.Contact or EntityTypes.Company or EntityTypes.Customer or EntityTypes.Task ? (type, id) : null;

    public bool IsList => Name.EndsWith("/tasks", StringComparison.Ordinal) || Name.EndsWith("/notes", StringComparison.Ordinal) || Name.EndsWith("/files", StringComparison.Ordinal)
        || Name.StartsWith("deals/", StringComparison.Ordinal) || Name is "executors" or "services";

    /// <param name="key">As the journal keeps it: <c>crm/contact/5</c>, <c>crm/{connection}/contact/5#2</c>, <c>booking/{connection}/visit/3</c>.</param>
    /// <param name="connection">The deal's own.</param>
    public static AskedThing Of(string key, ConnectionId connection)
    {
        var again = key.LastIndexOf('#');
        var parts = (again < 0 ? key : key[..again]).Split('/');
        if (parts.Length > 2 && Guid.TryParseExact(parts[1], "N", out var named)) return new(new(named), string.Join('/', parts.Skip(2)));
        return new(connection, parts[0] == "crm" ? string.Join('/', parts.Skip(1)) : string.Join('/', parts));
    }
}
