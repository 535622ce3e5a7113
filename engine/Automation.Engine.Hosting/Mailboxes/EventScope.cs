using Automation.Engine.Events;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>
/// The roots that conditions and workflows see. What the event carried is free; the rest is read through the CRM port when an
/// expression names it, once per step, and journaled with it.
/// </summary>
/// <param name="fresh">Reads the deal from the CRM, whatever is known of it.</param>
public sealed class EventScope(
    AccountInfo account, MailboxKey key, MailboxState state, JObject eventRoot, IStepInputs inputs, IPorts ports, CrmDirectoryCache directories,
    DateTimeOffset now, bool fresh) : IExpressionScope, IRootSource
{
    /// <summary>Every root of this scope: what a trigger's condition may name.</summary>
    public static IReadOnlyCollection<string> Names { get; } = ["deal", "contact", "company", "event", "user", "account", "booking", "now"];

    // Once read, a root stays as it was: expressions look, they change nothing.
    private readonly Dictionary<string, JToken> known = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Roots => Names;
    public string Account { get; } = account.Id.ToString();
    public DateTimeOffset Now => now;
    public TimeZoneInfo TimeZone => account.TimeZone;
    public string Language => account.Language;

    public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) => ReadRootAsync(root, cancellationToken);

    /// <summary>
    /// What comes from outside goes through the journaled inputs, so that a replay sees what this step saw. The event need not: a run's
    /// row keeps it, and its own row does.
    /// </summary>
    public async ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(root, out var value)) return value;
        return known[root] = root == "now" ? now.ToString("O", System.Globalization.CultureInfo.InvariantCulture)
            : root == "event" ? eventRoot
            : await inputs.ReadAsync($"root/{root}", async token => await FindRootAsync(root, token), cancellationToken);
    }

    private async ValueTask<JToken> FindRootAsync(string root, CancellationToken cancellationToken) => root switch
    {
        "deal" => await DealAsync(cancellationToken),
        "contact" => await LinkedAsync(EntityTypes.Contact, EntityFields.ContactId, cancellationToken),
        "company" => await LinkedAsync(EntityTypes.Company, EntityFields.CompanyId, cancellationToken),
        "user" => await UserAsync(cancellationToken),
        "account" => new JObject { ["id"] = account.Id.ToString(), ["name"] = account.Name, ["timezone"] = account.TimeZone.Id, ["language"] = account.Language },
        "booking" => key.EntityType == EntityTypes.Booking ? Flatten(state.Known) : JValue.CreateNull(),
        _ => JValue.CreateNull(),
    };

    private async ValueTask<JToken> DealAsync(CancellationToken cancellationToken)
    {
        if (key.EntityType != EntityTypes.Deal) return JValue.CreateNull();
        return !fresh && state is { Complete: true, Known: { } known } ? Flatten(known) : Flatten(await WholeDealAsync(cancellationToken));
    }

    private async ValueTask<JObject?> WholeDealAsync(CancellationToken cancellationToken) => await ReadEntityAsync(EntityTypes.Deal, key.EntityId, cancellationToken);

    private async ValueTask<JToken> LinkedAsync(string entityType, string path, CancellationToken cancellationToken)
    {
        if (key.EntityType == entityType) return Flatten(await ReadEntityAsync(entityType, key.EntityId, cancellationToken));
        var id = key.EntityType switch
        {
            EntityTypes.Deal => Id(state.Known?[path]) ?? Id((await WholeDealAsync(cancellationToken))?[path]),
            _ => Id(state.Known?[path]) ?? Id(eventRoot["data"]?[path]),
        };
        return id is null ? JValue.CreateNull() : Flatten(await ReadEntityAsync(entityType, id, cancellationToken));
    }

    private async ValueTask<JToken> UserAsync(CancellationToken cancellationToken)
    {
        var id = Id(state.Known?[EntityFields.ResponsibleId]) ?? (key.EntityType == EntityTypes.Deal ? Id((await WholeDealAsync(cancellationToken))?[EntityFields.ResponsibleId]) : null);
        if (id is null) return JValue.CreateNull();
        return await inputs.ReadAsync($"user/{id}", async token =>
        {
            var user = (await directories.GetAsync(key.Connection, token))?.Users.FirstOrDefault(user => user.Id == id);
            return new JObject { ["id"] = id, ["name"] = user?.Name, ["email"] = user?.Email };
        }, cancellationToken);
    }

    private async ValueTask<JObject?> ReadEntityAsync(string entityType, string id, CancellationToken cancellationToken)
    {
        var read = await inputs.ReadAsync($"crm/{entityType}/{id}", async token =>
        {
            var connection = await ports.FindAsync(key.Account, key.Connection, token);
            if (connection is null) return JValue.CreateNull();
            return (JToken?)await ports.Open<ICrm>(connection).ReadAsync(entityType, id, token) ?? JValue.CreateNull();
        }, cancellationToken);
        return read as JObject;
    }

    private static string? Id(JToken? token) => token is null or { Type: JTokenType.Null } ? null : token.ToString();

    /// <summary>The neutral form as expressions see it: custom fields by id under <c>cf</c>, and by their shown name.</summary>
    public static JToken Flatten(JObject? entity)
    {
        if (entity is null) return JValue.CreateNull();
        var flat = (JObject)entity.DeepClone();
        if (flat[EntityFields.CustomFields] is not JObject fields) return flat;
        var byId = new JObject();
        foreach (var (id, field) in fields)
        {
            var value = field?["value"] ?? JValue.CreateNull();
            byId[id] = value;
            if ((string?)field?["name"] is { Length: > 0 } name && flat[name] is null) flat[name] = value.DeepClone();
        }

        flat[EntityFields.CustomFields] = byId;
        return flat;
    }
}
