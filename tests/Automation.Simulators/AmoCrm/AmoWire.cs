using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>The bodies of account hooks: form-encoded, in the names of the old API v2, with its quirks.</summary>
internal sealed class AmoWire(AmoCrmOptions options, Func<AmoKind, long, AmoField?> fieldOf)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    public FormPairs Deal(string action, AmoEntity deal, long? oldStatus = null, long? oldResponsible = null)
    {
        var form = new FormPairs();
        var at = $"leads[{action}][0]";
        form.Add($"{at}[id]", deal.Id).Add($"{at}[name]", deal.Name).Add($"{at}[status_id]", deal.StatusId);
        if (oldStatus is { } status)
            form.Add($"{at}[old_status_id]", status);
        form.Add($"{at}[price]", deal.Price).Add($"{at}[responsible_user_id]", deal.ResponsibleUserId);
        if (oldResponsible is { } responsible)
            form.Add($"{at}[old_responsible_user_id]", responsible);
        form.Add($"{at}[last_modified]", deal.UpdatedAt)
            .Add($"{at}[modified_user_id]", deal.UpdatedBy)
            .Add($"{at}[created_user_id]", deal.CreatedBy)
            .Add($"{at}[date_create]", deal.CreatedAt)
            .Add($"{at}[pipeline_id]", deal.PipelineId)
            .Add($"{at}[account_id]", options.AccountId);
        if (deal.LossReasonId is { } reason)
            form.Add($"{at}[loss_reason_id]", reason);
        Tags(form, at, deal);
        Fields(form, at, deal);
        form.Add($"{at}[created_at]", deal.CreatedAt).Add($"{at}[updated_at]", deal.UpdatedAt);
        return Account(form);
    }

    public FormPairs DeletedDeal(AmoEntity deal) => Account(new FormPairs()
        .Add("leads[delete][0][id]", deal.Id)
        .Add("leads[delete][0][status_id]", deal.StatusId)
        .Add("leads[delete][0][pipeline_id]", deal.PipelineId));

    /// <summary>Companies arrive under <c>contacts</c> too; <c>type</c> tells them apart.</summary>
    public FormPairs Person(string action, AmoEntity person, IEnumerable<long> dealIds, long? oldResponsible = null)
    {
        var form = new FormPairs();
        var at = $"contacts[{action}][0]";
        form.Add($"{at}[id]", person.Id);
        if (action == "delete")
            return Account(form.Add($"{at}[type]", person.Kind.Singular()));
        form.Add($"{at}[name]", person.Name).Add($"{at}[responsible_user_id]", person.ResponsibleUserId);
        if (oldResponsible is { } responsible)
            form.Add($"{at}[old_responsible_user_id]", responsible);
        form.Add($"{at}[date_create]", person.CreatedAt)
            .Add($"{at}[last_modified]", person.UpdatedAt)
            .Add($"{at}[created_user_id]", person.CreatedBy)
            .Add($"{at}[modified_user_id]", person.UpdatedBy)
            .Add($"{at}[account_id]", options.AccountId);
        if (person.Kind == AmoKind.Companies)
            foreach (var deal in dealIds)
                form.Add($"{at}[linked_leads_id][{deal}][ID]", deal);
        Tags(form, at, person);
        Fields(form, at, person);
        form.Add($"{at}[created_at]", person.CreatedAt).Add($"{at}[updated_at]", person.UpdatedAt)
            .Add($"{at}[type]", person.Kind.Singular());
        return Account(form);
    }

    public FormPairs Note(AmoNote note, string authorName)
    {
        var top = note.Entity == AmoKind.Leads ? "leads" : "contacts";
        var at = $"{top}[note][0][note]";
        var stamp = Local(note.CreatedAt);  // notes carry account time, tasks UTC: as the vendor does
        var metadata = new JObject
        {
            ["event_source"] = new JObject { ["id"] = note.CreatedBy, ["author_name"] = authorName, ["type"] = 1 },
        };
        return Account(new FormPairs()
            .Add($"{at}[id]", note.Id)
            .Add($"{at}[note_type]", AmoNoteTypes.NumberOf(note.Type))
            .Add($"{at}[text]", AmoNoteTypes.WireText(note))
            .Add($"{at}[attachement]", note.Type == "attachment" ? (string?)note.Params["file_name"] : "")
            .Add($"{at}[element_type]", note.Entity.Code())
            .Add($"{at}[element_id]", note.EntityId)
            .Add($"{at}[date_create]", stamp)
            .Add($"{at}[timestamp_x]", stamp)
            .Add($"{at}[created_by]", note.CreatedBy)
            .Add($"{at}[modified_by]", note.UpdatedBy)
            .Add($"{at}[main_user_id]", note.ResponsibleUserId)
            .Add($"{at}[account_id]", options.AccountId)
            .Add($"{at}[metadata]", metadata.ToString(Formatting.None))
            .Add($"{at}[created_at]", note.CreatedAt)
            .Add($"{at}[updated_at]", note.UpdatedAt));
    }

    public FormPairs Task(string action, AmoTask task, AmoTask? before = null)
    {
        var at = $"task[{action}][0]";
        var form = new FormPairs().Add($"{at}[id]", task.Id);
        if (task.Entity is { } entity)
            form.Add($"{at}[element_id]", task.EntityId).Add($"{at}[element_type]", entity.Code());
        form.Add($"{at}[task_type]", task.TaskTypeId)
            .Add($"{at}[text]", task.Text)
            .Add($"{at}[status]", task.IsCompleted ? 1 : 0)
            .Add($"{at}[responsible_user_id]", task.ResponsibleUserId)
            .Add($"{at}[created_user_id]", task.CreatedBy)
            .Add($"{at}[account_id]", options.AccountId)
            .Add($"{at}[date_create]", Utc(task.CreatedAt))
            .Add($"{at}[last_modified]", Utc(task.UpdatedAt))
            .Add($"{at}[complete_till]", Utc(task.CompleteTill));
        if (before is not null)
        {
            form.Add($"{at}[old_text]", before.Text)
                .Add($"{at}[action_close]", task.IsCompleted && !before.IsCompleted ? 1 : 0);
            if (before.ResponsibleUserId != task.ResponsibleUserId)
                form.Add($"{at}[old_responsible_user_id]", before.ResponsibleUserId)
                    .Add($"{at}[main_user]", task.ResponsibleUserId)
                    .Add($"{at}[modified_by]", task.UpdatedBy);
            if (task.Result is { } result)
                form.Add($"{at}[result][id]", task.Id).Add($"{at}[result][text]", result);
        }
        return Account(form
            .Add($"{at}[created_at]", task.CreatedAt)
            .Add($"{at}[updated_at]", task.UpdatedAt)
            .Add($"{at}[complete_before]", task.CompleteTill));
    }

    /// <summary>What the Digital Pipeline's "send webhook" posts: ids only, no link to the account.</summary>
    public FormPairs DigitalPipeline(AmoEntity deal, string kind, long oldStatus, long oldPipeline)
    {
        var at = $"leads[{kind}][0]";
        var form = new FormPairs().Add($"{at}[id]", deal.Id).Add($"{at}[status_id]", deal.StatusId).Add($"{at}[pipeline_id]", deal.PipelineId);
        if (kind == "status")
            form.Add($"{at}[old_status_id]", oldStatus).Add($"{at}[old_pipeline_id]", oldPipeline);
        return form.Add("account[id]", options.AccountId).Add("account[subdomain]", options.Subdomain);
    }

    public FormPairs Account(FormPairs form) => form
        .Add("account[subdomain]", options.Subdomain)
        .Add("account[id]", options.AccountId)
        .Add("account[_links][self]", $"https://{options.Subdomain}.amocrm.ru");

    private static void Tags(FormPairs form, string at, AmoEntity entity)
    {
        for (var i = 0; i < entity.Tags.Length; i++)
            form.Add($"{at}[tags][{i}][id]", entity.Tags[i].Id).Add($"{at}[tags][{i}][name]", entity.Tags[i].Name);
    }

    private void Fields(FormPairs form, string at, AmoEntity entity)
    {
        var index = 0;
        foreach (var (id, values) in entity.Fields)
        {
            if (fieldOf(entity.Kind, id) is not { } field)
                continue;
            var place = $"{at}[custom_fields][{index++}]";
            form.Add($"{place}[id]", field.Id).Add($"{place}[name]", field.Name);
            AmoWireValues.Add(form, place, field, values, zone);
            if (field.Code is not null)
                form.Add($"{place}[code]", field.Code);
        }
    }

    private string Local(long seconds) => Text(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone));

    private static string Utc(long seconds) => Text(DateTimeOffset.FromUnixTimeSeconds(seconds));

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
