using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

public sealed partial class AmoCrmSimulator
{
    public IReadOnlyList<AmoNote> Notes { get { lock (Gate) return [.. state.Notes.Values]; } }

    public IReadOnlyList<AmoTask> Tasks { get { lock (Gate) return [.. state.Tasks.Values]; } }

    public IReadOnlyList<AmoUnsorted> Unsorted { get { lock (Gate) return [.. state.Unsorted]; } }

    /// <param name="type">Any of amoCRM's note types, also those that its API only reads.</param>
    public AmoNote AddNote(AmoKind entity, long entityId, string type, JObject parameters, long? actor = null, long? responsible = null)
    {
        lock (Gate)
        {
            var by = actor ?? AdminId;
            var note = new AmoNote(state.NewId(), entity, entityId, type, parameters)
            {
                CreatedBy = by,
                UpdatedBy = by,
                ResponsibleUserId = responsible ?? (by == 0 ? AdminId : by),
                CreatedAt = Now,
                UpdatedAt = Now,
            };
            state.Notes[note.Id] = note;
            Happened(AmoNoteTypes.EventOf(type), entity, entityId, by, null, [new JObject { ["note"] = new JObject { ["id"] = note.Id } }]);
            Announce($"note_{entity.Singular()}", wire.Note(note, state.Users.Find(user => user.Id == by)?.Name ?? ""));
            return note;
        }
    }

    public AmoNote AddNote(long dealId, string text, long? actor = null) =>
        AddNote(AmoKind.Leads, dealId, "common", new JObject { ["text"] = text }, actor);

    /// <summary>Adds a task as it is; id 0 and responsible 0 are filled in, times are set.</summary>
    public AmoTask AddTask(AmoTask task, long? actor = null)
    {
        lock (Gate)
        {
            var by = actor ?? AdminId;
            var created = task with
            {
                Id = task.Id == 0 ? state.NewId() : task.Id,
                ResponsibleUserId = task.ResponsibleUserId == 0 ? (by == 0 ? AdminId : by) : task.ResponsibleUserId,
                CreatedBy = by,
                UpdatedBy = by,
                CreatedAt = Now,
                UpdatedAt = Now,
            };
            state.Tasks[created.Id] = created;
            TaskHappened("task_added", created, by);
            Announce("add_task", wire.Task("add", created));
            return created;
        }
    }

    public AmoTask AddTask(long dealId, string text, DateTimeOffset due, long? responsible = null, long? actor = null) =>
        AddTask(new AmoTask(0, text, due.ToUnixTimeSeconds()) { Entity = AmoKind.Leads, EntityId = dealId, ResponsibleUserId = responsible ?? 0 }, actor);

    public AmoTask CompleteTask(long id, string? result = null, long? actor = null) =>
        ChangeTask(id, task => task with { IsCompleted = true, Result = result ?? task.Result }, actor);

    public AmoTask ChangeTask(long id, Func<AmoTask, AmoTask> change, long? actor = null)
    {
        lock (Gate)
        {
            var before = state.Tasks.GetValueOrDefault(id) ?? throw new ArgumentException($"No task {id}.", nameof(id));
            var after = change(before) with { UpdatedAt = Now, UpdatedBy = actor ?? AdminId };
            state.Tasks[id] = after;
            if (after with { UpdatedAt = before.UpdatedAt, UpdatedBy = before.UpdatedBy } == before)
                return after;
            if (after.IsCompleted && !before.IsCompleted)
                TaskHappened("task_completed", after, after.UpdatedBy);
            if (after.Text != before.Text)
                TaskHappened("task_text_changed", after, after.UpdatedBy);
            if (after.CompleteTill != before.CompleteTill)
                TaskHappened("task_deadline_changed", after, after.UpdatedBy);
            Announce("update_task", wire.Task("update", after, before));
            if (after.ResponsibleUserId != before.ResponsibleUserId)
                Announce("responsible_task", wire.Task("update", after, before));
            return after;
        }
    }

    /// <summary>Stores a file and hangs it on a record.</summary>
    public AmoFile AddFile(AmoKind entity, long entityId, string name, byte[] content, string contentType = "application/octet-stream", long? actor = null)
    {
        lock (Gate)
        {
            var file = StoreFile(name, contentType, content);
            Change(entity, entityId, record => record with { Files = record.Files.Add(file.Uuid) }, actor);
            return file;
        }
    }

    public AmoFile? File(string uuid)
    {
        lock (Gate)
            return state.Files.GetValueOrDefault(uuid);
    }

    internal AmoFile StoreFile(string name, string contentType, byte[] content)
    {
        var file = new AmoFile(Token($"file{state.NewId()}"), Token($"version{state.NewId()}"), name, contentType, content);
        state.Files[file.Uuid] = file;
        return file;
    }

    /// <summary>An incoming lead: the deal waits in the pipeline's stage of type 1 until somebody accepts it.</summary>
    public AmoUnsorted AddUnsorted(string name, long pipelineId, string category = "forms", string sourceName = "Сайт", JObject? metadata = null)
    {
        lock (Gate)
        {
            var stage = state.Pipelines.Find(pipeline => pipeline.Id == pipelineId)!.Statuses.First(status => status.Type == 1);
            var deal = Add(new AmoEntity(AmoKind.Leads, 0, name) { PipelineId = pipelineId, StatusId = stage.Id }, 0);
            var entry = new AmoUnsorted(Token($"unsorted{deal.Id}"), category, pipelineId, deal.Id, sourceName, Now, metadata ?? []);
            state.Unsorted.Add(entry);
            const string at = "unsorted[add][0]";
            Announce("add_unsorted", wire.Account(new FormPairs()
                .Add($"{at}[uid]", entry.Uid).Add($"{at}[category]", category)
                .Add($"{at}[source_data][source_name]", sourceName)
                .Add($"{at}[data][leads][0][id]", deal.Id).Add($"{at}[data][leads][0][name]", name)
                .Add($"{at}[pipeline_id]", pipelineId).Add($"{at}[lead_id]", deal.Id).Add($"{at}[created_at]", entry.CreatedAt)));
            return entry;
        }
    }

    /// <summary>Both accepting and declining are told as <c>unsorted[delete]</c>.</summary>
    public bool CloseUnsorted(string uid, bool accept, long? statusId = null, long? actor = null)
    {
        lock (Gate)
        {
            var entry = state.Unsorted.Find(item => item.Uid == uid);
            if (entry is null)
                return false;
            var by = actor ?? AdminId;
            state.Unsorted.Remove(entry);
            var first = state.Pipelines.Find(pipeline => pipeline.Id == entry.PipelineId)!.Statuses.First(status => status.Type == 0);
            if (accept)
                MoveDeal(entry.LeadId, entry.PipelineId, statusId ?? first.Id, by);
            else
                DeleteDeal(entry.LeadId, by);
            const string at = "unsorted[delete][0]";
            var action = accept ? "accept" : "decline";
            Announce("delete_unsorted", wire.Account(new FormPairs()
                .Add($"{at}[action]", action).Add($"{at}[uid]", uid)
                .Add($"{at}[{action}_result][leads][0]", entry.LeadId)
                .Add($"{at}[category]", entry.Category)
                .Add($"{at}[created_at]", entry.CreatedAt).Add($"{at}[modified_user_id]", by)));
            return true;
        }
    }

    /// <summary>A client writes in a messenger: <c>message[add]</c>.</summary>
    public void ReceiveMessage(long contactId, string text, long? dealId = null, string origin = "telegram")
    {
        lock (Gate)
        {
            const string at = "message[add][0]";
            var form = new FormPairs().Add($"{at}[id]", Token($"message{state.NewId()}")).Add($"{at}[chat_id]", Token($"chat{contactId}"))
                .Add($"{at}[talk_id]", contactId % 100_000).Add($"{at}[contact_id]", contactId).Add($"{at}[text]", text)
                .Add($"{at}[created_at]", Now).Add($"{at}[message_type]", "text");
            if (dealId is { } deal)
                form.Add($"{at}[element_type]", 2).Add($"{at}[entity_type]", "lead").Add($"{at}[element_id]", deal).Add($"{at}[entity_id]", deal);
            form.Add($"{at}[type]", "incoming").Add($"{at}[author][id]", Token($"author{contactId}")).Add($"{at}[author][type]", "external")
                .Add($"{at}[author][name]", state.Find(AmoKind.Contacts, contactId)?.Name).Add($"{at}[origin]", origin);
            Happened("incoming_chat_message", AmoKind.Contacts, contactId, 0);
            Announce("add_message", wire.Account(form));
        }
    }

    private void TaskHappened(string type, AmoTask task, long by) => Happened(type, task.Entity ?? AmoKind.Leads, task.EntityId, by);

    /// <summary>Looks like a random id and is the same in every run.</summary>
    private static string Token(string seed) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16)).ToString();
}
