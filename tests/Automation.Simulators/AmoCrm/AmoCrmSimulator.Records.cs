using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

public sealed partial class AmoCrmSimulator
{
    public IReadOnlyList<AmoEntity> Deals => List(AmoKind.Leads);

    public IReadOnlyList<AmoEntity> Contacts => List(AmoKind.Contacts);

    public IReadOnlyList<AmoEntity> Companies => List(AmoKind.Companies);

    public IReadOnlyList<AmoLink> Links { get { lock (Gate) return [.. state.Links]; } }

    public IReadOnlyList<AmoEvent> Events { get { lock (Gate) return [.. state.Events]; } }

    public AmoEntity? Deal(long id) => Find(AmoKind.Leads, id);

    public AmoEntity? Find(AmoKind kind, long id)
    {
        lock (Gate)
            return state.Find(kind, id);
    }

    /// <param name="actor">Who did it; 0 is the robot, null the account's administrator.</param>
    /// <param name="id">Null takes the next free one.</param>
    /// <param name="contact">The main contact; it is linked before anybody can read the new deal.</param>
    public AmoEntity AddDeal(
        string name, long pipelineId, long statusId, long price = 0, long? responsible = null, long? actor = null, long? id = null, long? contact = null)
    {
        lock (Gate)
        {
            var deal = Add(new AmoEntity(AmoKind.Leads, id ?? 0, name)
            {
                PipelineId = pipelineId,
                StatusId = statusId,
                Price = price,
                ResponsibleUserId = responsible ?? 0,
            }, actor);
            if (contact is { } person)
                Link(AmoKind.Leads, deal.Id, AmoKind.Contacts, person, isMain: true);
            return deal;
        }
    }

    /// <summary>Adds a deal, contact or company as it is; id 0 and responsible 0 are filled in, times are set.</summary>
    public AmoEntity Add(AmoEntity entity, long? actor = null)
    {
        lock (Gate)
        {
            var by = actor ?? AdminId;
            var created = entity with
            {
                Id = entity.Id == 0 ? state.NewId() : entity.Id,
                ResponsibleUserId = entity.ResponsibleUserId == 0 ? (by == 0 ? AdminId : by) : entity.ResponsibleUserId,
                CreatedBy = by,
                UpdatedBy = by,
                CreatedAt = entity.CreatedAt == 0 ? Now : entity.CreatedAt,
                UpdatedAt = Now,
            };
            state.Of(created.Kind)[created.Id] = created;
            Happened($"{created.Kind.Singular()}_added", created.Kind, created.Id, by);
            Announce($"add_{created.Kind.Singular()}", Body("add", created));
            return created;
        }
    }

    public AmoEntity AddContact(string name, string? phone = null, string? email = null, long? actor = null, long? id = null)
    {
        lock (Gate)
        {
            var fields = ImmutableSortedDictionary<long, ImmutableArray<AmoValue>>.Empty;
            foreach (var (code, value) in new[] { ("PHONE", phone), ("EMAIL", email) })
                if (value is not null && state.Fields[AmoKind.Contacts].Find(field => field.Code == code) is { } field)
                    fields = fields.Add(field.Id, [new AmoValue(value, field.Enums[0].Id, "WORK")]);
            return Add(new AmoEntity(AmoKind.Contacts, id ?? 0, name) { Fields = fields }, actor);
        }
    }

    public AmoEntity AddCompany(string name, long? actor = null, long? id = null) =>
        Add(new AmoEntity(AmoKind.Companies, id ?? 0, name), actor);

    /// <summary>A person drags the deal to another stage: <c>update_lead</c> and <c>status_lead</c> both go out.</summary>
    public AmoEntity MoveDeal(long id, long pipelineId, long statusId, long? actor = null) =>
        Change(AmoKind.Leads, id, deal => deal with { PipelineId = pipelineId, StatusId = statusId }, actor);

    public AmoEntity AssignDeal(long id, long responsibleUserId, long? actor = null) =>
        Change(AmoKind.Leads, id, deal => deal with { ResponsibleUserId = responsibleUserId }, actor);

    /// <summary>Writes one custom field in the form that the field's type wants; null clears it.</summary>
    public AmoEntity SetField(AmoKind kind, long id, long fieldId, JToken? value, long? actor = null)
    {
        lock (Gate)
        {
            var field = state.Field(kind, fieldId) ?? throw new ArgumentException($"No field {fieldId}.", nameof(fieldId));
            return Change(kind, id, entity => entity with
            {
                Fields = value is null or { Type: JTokenType.Null }
                    ? entity.Fields.Remove(fieldId)
                    : entity.Fields.SetItem(fieldId, [AmoValues.Plain(field, value, Options.TimeZone)]),
            }, actor);
        }
    }

    public AmoEntity SetTags(AmoKind kind, long id, IEnumerable<string> names, long? actor = null)
    {
        lock (Gate)
            return Change(kind, id, entity => entity with { Tags = [.. names.Select(name => state.Tag(kind, null, name)!)] }, actor);
    }

    /// <summary>Any change of one record. Hooks and events follow from what differs afterwards; nothing differs, nothing is sent.</summary>
    public AmoEntity Change(AmoKind kind, long id, Func<AmoEntity, AmoEntity> change, long? actor = null)
    {
        lock (Gate)
        {
            var before = state.Find(kind, id) ?? throw new ArgumentException($"No {kind.Singular()} {id}.", nameof(id));
            return Save(before, change(before), actor ?? AdminId);
        }
    }

    public void DeleteDeal(long id, long? actor = null)
    {
        lock (Gate)
        {
            var deal = state.Of(AmoKind.Leads)[id] with { IsDeleted = true, UpdatedAt = Now, UpdatedBy = actor ?? AdminId };
            state.Of(AmoKind.Leads)[id] = deal;
            Happened("lead_deleted", AmoKind.Leads, id, deal.UpdatedBy);
            Announce("delete_lead", wire.DeletedDeal(deal));
        }
    }

    public void RestoreDeal(long id, long? actor = null)
    {
        lock (Gate)
        {
            var deal = state.Of(AmoKind.Leads)[id] with { IsDeleted = false, UpdatedAt = Now, UpdatedBy = actor ?? AdminId };
            state.Of(AmoKind.Leads)[id] = deal;
            Happened("lead_restored", AmoKind.Leads, id, deal.UpdatedBy);
            Announce("restore_lead", Body("restore", deal));
        }
    }

    public void Link(AmoKind from, long fromId, AmoKind to, long toId, bool isMain = false)
    {
        lock (Gate)
        {
            Unlink(from, fromId, to, toId);
            var first = to == AmoKind.Contacts && !state.Links.Exists(link => link.From == from && link.FromId == fromId && link.To == to);
            state.Links.Add(new AmoLink(from, fromId, to, toId, isMain || first));
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    public bool Unlink(AmoKind from, long fromId, AmoKind to, long toId)
    {
        lock (Gate)
            return state.Links.RemoveAll(link =>
                (link.From == from && link.FromId == fromId && link.To == to && link.ToId == toId)
                || (link.From == to && link.FromId == toId && link.To == from && link.ToId == fromId)) > 0;
    }

    internal AmoEntity Save(AmoEntity before, AmoEntity after, long actor)
    {
        var isClosed = after.StatusId is AmoPipeline.Won or AmoPipeline.Lost;
        after = after with
        {
            UpdatedAt = Math.Max(Now, before.UpdatedAt),
            UpdatedBy = actor,
            ClosedAt = after.Kind == AmoKind.Leads && isClosed ? before.ClosedAt ?? Now : null,
        };
        state.Of(after.Kind)[after.Id] = after;
        var changes = AmoChanges.Between(before, after, state);
        if (changes.Count == 0)
            return after;
        foreach (var change in changes)
            Happened(change.Type, after.Kind, after.Id, actor, change.Before, change.After);
        var one = after.Kind.Singular();
        var moved = (before.StatusId, before.PipelineId) != (after.StatusId, after.PipelineId);
        var handedOver = before.ResponsibleUserId != after.ResponsibleUserId;
        Announce($"update_{one}", Body("update", after, oldStatus: moved ? before.StatusId : null));
        if (moved)
            Announce("status_lead", Body("status", after, oldStatus: before.StatusId));
        if (handedOver)
            Announce($"responsible_{one}", Body(
                after.Kind == AmoKind.Leads ? "responsible" : "update", after, oldResponsible: before.ResponsibleUserId));
        return after;
    }

    private FormPairs Body(string action, AmoEntity entity, long? oldStatus = null, long? oldResponsible = null) =>
        entity.Kind == AmoKind.Leads
            ? wire.Deal(action, entity, oldStatus, oldResponsible)
            : wire.Person(action, entity, LinkedDeals(entity), oldResponsible);

    private IEnumerable<long> LinkedDeals(AmoEntity entity) =>
        state.LinkedTo(entity.Kind, entity.Id).Where(link => link.Kind == AmoKind.Leads).Select(link => link.Id);

    private void Happened(string type, AmoKind kind, long id, long by, JArray? before = null, JArray? after = null) =>
        state.Events.Add(new AmoEvent(
            (state.Events.Count + 1).ToString("x26", CultureInfo.InvariantCulture),
            type, kind.Singular(), id, by, Now, before ?? [], after ?? []));

    private IReadOnlyList<AmoEntity> List(AmoKind kind)
    {
        lock (Gate)
            return [.. state.Of(kind).Values.Where(entity => !entity.IsDeleted)];
    }
}
