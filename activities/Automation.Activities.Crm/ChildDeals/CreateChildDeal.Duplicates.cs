using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.ChildDeals;

/// <content>Duplicates (AD-7).</content>
public sealed partial class CreateChildDeal
{
    private DealQuery? DuplicateQuery(ActivityExecutionContext context, JObject parent, string pipeline)
    {
        var key = context.Get(DuplicateKey);
        return context.Get(DuplicateCheck) switch
        {
            "contact" when Fields.Text(parent, EntityFields.ContactId) is { } contact => new(pipeline, ContactId: contact),
            "company" when Fields.Text(parent, EntityFields.CompanyId) is { } company => new(pipeline, CompanyId: company),
            "key" when !string.IsNullOrWhiteSpace(key) => new(pipeline, Text: key.Trim()),
            _ => null,
        };
    }

    /// <summary>Waits while another run that looks for the same duplicate is making its deal.</summary>
    private async ValueTask<bool> OthersSearchAsync(ActivityExecutionContext context, ConnectionId crm, DealQuery query)
    {
        var search = new MailboxKey(context.Subject.Account, crm, EntityTypes.Deal, "search-" + Turn.Hash(query.ToString()));
        if (await Turn.IsOthersAsync(context, Turn.Search, search, Turn.Again(context)))
        {
            Turn.Wait(context, OnTurnAsync);
            return true;
        }
        Turn.Take(context, Turn.Search, context.Subject, search);
        return false;
    }

    private ValueTask OnTurnAsync(ActivityExecutionContext context) => ExecuteAsync(context);

    private static async ValueTask<JObject?> FindDuplicateAsync(ActivityExecutionContext context, ConnectionId crm, DealQuery query)
    {
        var found = await context.ReadCrmAsync<IReadOnlyList<JObject>>(crm, $"deals/{Turn.Hash(query.ToString())}{Turn.Again(context)}", async (port, cancellationToken) => await port.FindDealsAsync(query, cancellationToken)) ?? [];
        // A CRM's text search finds more than was meant, so the key is compared once more.
        return found.FirstOrDefault(deal => Fields.Text(deal, EntityFields.Id) != context.Subject.EntityId && (query.Text is not { } text || Carries(deal, text)));
    }

    private static bool Carries(JObject deal, string key) =>
        string.Equals(Fields.Text(deal, EntityFields.Name), key, StringComparison.OrdinalIgnoreCase)
        || (deal[EntityFields.CustomFields] as JObject ?? []).Properties().Any(property => Fields.Texts(property.Value).Contains(key, StringComparer.OrdinalIgnoreCase));

    private ValueTask ReactAsync(ActivityExecutionContext context, ConnectionId crm, JObject parent, JObject duplicate, string pipeline, string stage)
    {
        var id = Fields.Text(duplicate, EntityFields.Id)!;
        context.Set(DealId, id);
        context.JournalData["duplicate"] = id;
        if (Reaction(context, parent, duplicate, id, pipeline, stage) is not { } command) return context.EndAsync(DuplicateOutcome);
        context.PlanCrm(crm, command, context.In($"повтор {id} сделки {context.Subject.EntityId}", $"duplicate {id} of deal {context.Subject.EntityId}"), OnReactedAsync);
        return ValueTask.CompletedTask;
    }

    private CrmCommand? Reaction(ActivityExecutionContext context, JObject parent, JObject duplicate, string id, string pipeline, string stage)
    {
        var from = context.Subject.EntityId;
        switch (context.Get(OnDuplicate))
        {
            case "note": return new AddNotes(EntityTypes.Deal, id, [History.LinkMark + context.In($"Повторное обращение: сделка № {from}", $"Came again: deal № {from}")]);
            case "move": return Fields.Text(duplicate, EntityFields.StageId) == stage ? null : new UpdateEntity(EntityTypes.Deal, id, PipelineId: pipeline, StageId: stage);
            case "update":
                var fields = (CopiedFields(context, parent) ?? new Dictionary<string, JToken>()).Where(field => !JToken.DeepEquals(Fields.Value(duplicate, field.Key), field.Value)).ToDictionary(field => field.Key, field => field.Value);
                var price = On(context, CopyBudget) && Price(parent) != Price(duplicate) ? Price(parent) : null;
                var tags = On(context, CopyTags) ? Fields.Tags(parent).Except(Fields.Tags(duplicate)).ToArray() : [];
                return fields.Count == 0 && price is null && tags.Length == 0 ? null
                    : new UpdateEntity(EntityTypes.Deal, id, Price: price, Fields: fields.Count == 0 ? null : fields, AddTags: tags.Length == 0 ? null : tags);
            default: return null;
        }
    }

    private ValueTask OnReactedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!outcome.Done) context.NoteFailure(outcome, "duplicate");
        return context.EndAsync(DuplicateOutcome);
    }
}
