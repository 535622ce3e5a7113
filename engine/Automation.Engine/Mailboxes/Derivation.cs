using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Mailboxes;

/// <summary>What an event turned out to mean against the known state.</summary>
/// <param name="Occurrences">Trigger events that happened (<see cref="TriggerEvents"/>); several at once for one telling.</param>
/// <param name="Changes">Neutral path → <c>{old, new}</c>.</param>
/// <param name="Quiet">Why nothing happened: <c>no_change</c>, <c>first_seen</c>, <c>stale_event</c>; null when something did.</param>
/// <param name="CausedBy">Our write whose echo this is.</param>
public sealed record Derivation(
    MailboxState State, IReadOnlyList<string> Occurrences, JObject Changes, string? Quiet,
    StageRef? FromStage, StageRef? ToStage, OwnWrite? CausedBy, int Depth)
{
    public bool Happened(string occurrence) => Occurrences.Contains(occurrence, StringComparer.Ordinal);
}

/// <summary>Derives what changed from what was told. Pure.</summary>
public static class EventDeriver
{
    private static readonly TimeSpan EchoWindow = TimeSpan.FromMinutes(10);

    public static Derivation Derive(MailboxState state, StoredEvent stored, IReadOnlyList<OwnWrite>? writesElsewhere = null)
    {
        var told = stored.Event;
        if (told.Baseline) return new(state with { Known = Merge(state.Known, told), KnownAt = told.SourceTime ?? state.KnownAt }, [], [], "first_seen", null, null, null, 0);
        if (!IsEntityEvent(told.Kind)) return Direct(state, told);
        if (told.Kind == EventKinds.Deleted) return Deleted(state, told, stored.AcceptedAt);

        var known = state.Known;
        var stale = told.SourceTime is { } at && state.KnownAt is { } newest && at < newest;
        var changes = Changes(known, told, stale);
        var fromTold = StageOf(told.Old, told.Data);
        var to = StageOf(told.Data, null) ?? (stale ? null : StageOf(known, null));
        var from = state.Visit is { } visit ? new StageRef(visit.PipelineId, visit.StageId) : fromTold;

        var occurrences = new List<string>();
        var nextVisit = state.Visit;
        if (to is { } stage && !stale)
        {
            var since = told.SourceTime ?? stored.AcceptedAt;
            if (told.Kind == EventKinds.Created && state.Visit is null)
            {
                nextVisit = new(1, stage.PipelineId, stage.StageId, since, "created");
                occurrences.AddRange([TriggerEvents.CreatedInStage, TriggerEvents.CreatedOrEntered]);
                from = null;
            }
            else if (state.Visit is null)
            {
                var moved = fromTold is { } old && old != stage;
                nextVisit = new(1, stage.PipelineId, stage.StageId, since, moved ? "entered" : "seen");
                if (moved) { Entered(); from = fromTold; }
            }
            else if (from != stage)
            {
                nextVisit = new(state.Visit.Number + 1, stage.PipelineId, stage.StageId, since, "entered");
                Entered();
            }
            else if (state.Visit.Entry == "seen" && fromTold is { } before && before != stage)
            {
                // The update told the new stage first, without the old one; the status hook tells the move itself.
                nextVisit = state.Visit with { Entry = "entered" };
                from = before;
                Entered();
                AddChange(changes, EntityFields.StageId, before.StageId, stage.StageId);
            }
            else if (state.Visit.Entry == "seen" && told.Kind == EventKinds.Created)
            {
                nextVisit = state.Visit with { Entry = "created" };
                occurrences.AddRange([TriggerEvents.CreatedInStage, TriggerEvents.CreatedOrEntered]);
                from = null;
            }
        }

        if (!stale && (known is not null || changes.Count > 0)) AddFieldOccurrences(changes, occurrences);

        var next = stale ? state : state with
        {
            Known = Merge(known, told),
            Complete = told.Complete || state.Complete,
            KnownAt = told.SourceTime ?? state.KnownAt,
            Visit = nextVisit,
        };
        var quiet = occurrences.Count > 0 || changes.Count > 0 ? null : stale ? "stale_event" : known is null ? "first_seen" : "no_change";
        var cause = FindCause(state, told, changes, stored.AcceptedAt, writesElsewhere);
        var depth = Math.Max(told.Depth, cause is null ? 0 : cause.Depth + 1);
        return new(next, occurrences, changes, quiet, from, to, cause, depth);

        void Entered() => occurrences.AddRange([TriggerEvents.EnteredStage, TriggerEvents.CreatedOrEntered, TriggerEvents.LeftStage]);
    }

    private static bool IsEntityEvent(string kind) => kind is EventKinds.Created or EventKinds.Updated or EventKinds.StageChanged
        or EventKinds.ResponsibleChanged or EventKinds.Deleted or EventKinds.Restored;

    private static Derivation Direct(MailboxState state, CrmEvent told)
    {
        var occurrence = told.Kind switch
        {
            EventKinds.NoteAdded => TriggerEvents.NoteAdded,
            EventKinds.MessageReceived => TriggerEvents.MessageReceived,
            EventKinds.CallReceived => TriggerEvents.CallReceived,
            EventKinds.MailReceived => TriggerEvents.MailReceived,
            EventKinds.IncomingLead => TriggerEvents.IncomingLead,
            EventKinds.Webhook => TriggerEvents.Webhook,
            EventKinds.Manual => TriggerEvents.Manual,
            EventKinds.Schedule => TriggerEvents.Schedule,
            EventKinds.DateDue => TriggerEvents.DateField,
            EventKinds.Applied => EventKinds.Applied,
            // A visit that is known cannot be made again, whatever the source calls it.
            EventKinds.BookingCreated when state.Known is null => TriggerEvents.BookingCreated,
            EventKinds.BookingCreated or EventKinds.BookingChanged => TriggerEvents.BookingChanged,
            _ => null,
        };
        var at = state.Visit is { } visit ? new StageRef(visit.PipelineId, visit.StageId) : (StageRef?)null;
        var told2 = told.EntityType is EntityTypes.Booking or EntityTypes.Unsorted ? state with { Known = Merge(state.Known, told), KnownAt = told.SourceTime ?? state.KnownAt } : state;
        var changes = told.EntityType == EntityTypes.Booking ? Changes(state.Known, told, false) : [];
        return new(told2, occurrence is null ? [] : [occurrence], changes, occurrence is null ? "not_watched" : null, at, at, null, told.Depth);
    }

    private static Derivation Deleted(MailboxState state, CrmEvent told, DateTimeOffset now) => new(
        state with { KnownAt = told.SourceTime ?? now }, [TriggerEvents.Deleted, TriggerEvents.LeftStage], [], null,
        state.Visit is { } visit ? new StageRef(visit.PipelineId, visit.StageId) : StageOf(told.Data, null), null, null, told.Depth);

    private static StageRef? StageOf(JObject? entity, JObject? rest)
    {
        var stage = Text(entity?[EntityFields.StageId]);
        var pipeline = Text(entity?[EntityFields.PipelineId]) ?? Text(rest?[EntityFields.PipelineId]);
        return stage is null || pipeline is null ? null : new(pipeline, stage);
    }

    private static JObject Changes(JObject? known, CrmEvent told, bool stale)
    {
        var changes = new JObject();
        foreach (var (path, old) in told.Old)
            if (told.Data[path] is { } now && !Same(old, now) && (known is null || !Same(known[path], now))) AddChange(changes, path, old, now);
        if (known is null || stale) return changes;

        foreach (var (path, value) in told.Data)
        {
            if (path is EntityFields.Id or EntityFields.UpdatedAt or EntityFields.CreatedAt or EntityFields.CustomFields) continue;
            if (value is not null && !Same(known[path], value)) AddChange(changes, path, known[path], value);
        }

        var knownFields = known[EntityFields.CustomFields] as JObject;
        var toldFields = told.Data[EntityFields.CustomFields] as JObject;
        if (toldFields is not null)
            foreach (var (id, field) in toldFields)
                if (!Same(knownFields?[id]?["value"], field?["value"])) AddChange(changes, $"cf.{id}", knownFields?[id]?["value"], field?["value"]);
        if (told.Complete && knownFields is not null && told.EntityType == EntityTypes.Deal)
            foreach (var (id, field) in knownFields)
                if (toldFields?[id] is null && field?["value"] is { Type: not JTokenType.Null } before) AddChange(changes, $"cf.{id}", before, null);
        return changes;
    }

    private static void AddChange(JObject changes, string path, JToken? old, JToken? now) =>
        changes[path] = new JObject { ["old"] = old?.DeepClone() ?? JValue.CreateNull(), ["new"] = now?.DeepClone() ?? JValue.CreateNull() };

    private static void AddFieldOccurrences(JObject changes, List<string> occurrences)
    {
        foreach (var (path, change) in changes)
        {
            if (path == EntityFields.ResponsibleId) occurrences.Add(TriggerEvents.ResponsibleChanged);
            else if (path == EntityFields.Tags)
            {
                if (Tags(change!["new"]).Except(Tags(change["old"])).Any()) occurrences.Add(TriggerEvents.TagAdded);
            }
            else if (path is not (EntityFields.StageId or EntityFields.PipelineId) && !occurrences.Contains(TriggerEvents.FieldChanged)) occurrences.Add(TriggerEvents.FieldChanged);
        }
    }

    public static IEnumerable<string> Tags(JToken? tags) => tags is JArray list ? list.Select(tag => (string?)tag ?? "") : [];

    private static JObject Merge(JObject? known, CrmEvent told)
    {
        if (known is null || told.Complete)
        {
            var whole = (JObject)told.Data.DeepClone();
            // What hooks never carry (links to contact and company) is kept from before.
            if (known is not null)
                foreach (var path in new[] { EntityFields.ContactId, EntityFields.CompanyId })
                    if (whole[path] is null && known[path] is { } kept) whole[path] = kept.DeepClone();
            return whole;
        }

        var merged = (JObject)known.DeepClone();
        merged.Merge(told.Data, new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace, MergeNullValueHandling = MergeNullValueHandling.Merge });
        return merged;
    }

    private static OwnWrite? FindCause(MailboxState state, CrmEvent told, JObject changes, DateTimeOffset now, IReadOnlyList<OwnWrite>? elsewhere)
    {
        if (told.CausedBy is { } key) return new(key, Guid.Empty, told.Depth, now, []);
        if (changes.Count == 0) return null;
        OwnWrite? cause = null;
        foreach (var (path, change) in changes)
        {
            var write = state.OwnWrites.Concat(elsewhere ?? []).LastOrDefault(own => now - own.At <= EchoWindow && Explains(own, path, change!["new"]!, change["old"]!));
            if (write is null) return null;
            if (cause is null || write.Depth > cause.Depth) cause = write;
        }

        return cause;
    }

    private static bool Explains(OwnWrite own, string path, JToken now, JToken old)
    {
        if (path != EntityFields.Tags) return own.Values.TryGetValue(path, out var written) ? Same(written, now) : path == EntityFields.PipelineId && own.Values.ContainsKey(EntityFields.StageId);
        var added = Tags(now).Except(Tags(old));
        var removed = Tags(old).Except(Tags(now));
        return added.All(Tags(own.Values["tags+"]).Contains) && removed.All(Tags(own.Values["tags-"]).Contains);
    }

    /// <summary>Equal in meaning: numbers by value, missing and null and empty alike, everything else as text.</summary>
    public static bool Same(JToken? one, JToken? other)
    {
        if (IsEmpty(one) || IsEmpty(other)) return IsEmpty(one) && IsEmpty(other);
        if (one is JValue && other is JValue) return Text(one) == Text(other) || SameInstant(one, other);
        return JToken.DeepEquals(one, other);
    }

    private static bool SameInstant(JToken one, JToken other) =>
        Matching.Clock.ReadDate(one, TimeZoneInfo.Utc) is { } first && Matching.Clock.ReadDate(other, TimeZoneInfo.Utc) is { } second && first == second;

    private static bool IsEmpty(JToken? token) => token is null or { Type: JTokenType.Null or JTokenType.Undefined } or JValue { Value: "" } or JArray { Count: 0 } or JObject { Count: 0 };

    private static string? Text(JToken? token) => token switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: decimal number } => number.ToString("0.############################", System.Globalization.CultureInfo.InvariantCulture),
        JValue { Value: bool flag } => flag ? "true" : "false",
        JValue { Value: IFormattable value } => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => token.ToString(Newtonsoft.Json.Formatting.None).Trim('"'),
    };
}
