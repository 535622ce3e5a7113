using System.Security.Cryptography;
using Automation.Connectors.AmoCrm;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Hooks;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Setup;

/// <summary>What an admin says to connect a system.</summary>
/// <param name="Secrets">By name: <c>token</c>, <c>apikey</c>, <c>login</c>, <c>password</c>, <c>webhook</c>.</param>
/// <param name="AllowedHosts">Hosts that this connection may reach although the guard would refuse them.</param>
public sealed record ConnectionRequest(
    string Kind, string Name, string? BaseUrl, JObject? Settings, IReadOnlyDictionary<string, string>? Secrets, IReadOnlyList<string>? AllowedHosts);

/// <param name="HookUrl">Where the system's hooks go; shown once, only a hash of its token is kept.</param>
/// <param name="Secret">A webhook secret made for it; shown once.</param>
public sealed record ConnectionResult(Guid Id, string Name, Uri? HookUrl, string? Secret, SetupMessage Message);

/// <summary>A system that could not be connected, in words.</summary>
public sealed class ConnectionRefusedException(string code, SetupMessage message) : Exception(message.English)
{
    public string Code => code;

    public SetupMessage Words => message;
}

/// <summary>Connects outside systems: stores the connection and its secrets, reads the directory, subscribes to hooks.</summary>
public sealed class ConnectionService(
    IDbContextFactory<AutomationDbContext> contexts, SecretStore secrets, PortCatalog ports, CrmDirectoryCache directories, AmoCrmConnector amoCrm,
    IEnumerable<IConnector> connectors, IEnumerable<IHookSource> sources, HookDirectory hookDirectory, IIdSource ids, TimeProvider clock)
{
    /// <summary>Makes the connection, or renews the one with that name.</summary>
    /// <param name="hooks">Public root of our hook addresses.</param>
    /// <exception cref="ConnectionRefusedException">The system refuses what was given; an existing connection stays as it was.</exception>
    public async Task<ConnectionResult> ConnectAsync(AccountId account, ConnectionRequest request, Uri hooks, CancellationToken cancellationToken)
    {
        if (connectors.All(connector => connector.Kind != request.Kind))
            throw new ConnectionRefusedException("connection_kind_unknown", new($"Система «{request.Kind}» неизвестна.", $"There is no connector '{request.Kind}'."));
        var addressed = Uri.TryCreate(request.BaseUrl, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "smtp" or "smtps";
        if (!addressed && (request.BaseUrl is not null || request.Kind == amoCrm.Kind))
            throw new ConnectionRefusedException("url_denied", new("Адрес системы не указан или записан неверно: нужен поддомен или адрес, начинающийся с https://.", "The system's address is missing or wrong: give the subdomain, or an address that begins with https://."));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Connections.FirstOrDefaultAsync(one => one.AccountId == account.Value && one.Name == request.Name, cancellationToken);
        var isNew = row is null;
        row ??= new ConnectionRow { Id = ids.NewId(), AccountId = account.Value, Kind = request.Kind, Name = request.Name, CreatedAt = clock.GetUtcNow() };
        if (row.Kind != request.Kind) throw new ConnectionRefusedException("connection_exists", new($"Подключение «{row.Name}» уже есть, это {row.Kind}.", $"There is a connection '{row.Name}' already, of {row.Kind}."));
        var before = (row.BaseUrl, row.Settings, row.AllowedHosts, row.HookTokenHash);
        (row.BaseUrl, row.Settings, row.AllowedHosts) = (request.BaseUrl, (request.Settings ?? []).ToString(Formatting.None), JsonConvert.SerializeObject(request.AllowedHosts ?? []));
        var token = Token();
        var hookUrl = sources.Any(source => source.Source == request.Kind) ? new Uri(hooks, $"/hooks/{request.Kind}/{token}") : null;
        if (hookUrl is not null) row.HookTokenHash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

        var message = new SetupMessage($"Подключение «{request.Name}» сохранено.", $"The connection '{request.Name}' is saved.");
        CrmDirectory? directory = null;
        if (request.Kind == amoCrm.Kind)
        {
            // The address must work before the CRM calls it, so the row goes first; a refusal takes a new one back.
            if (isNew) context.Connections.Add(row);
            await context.SaveChangesAsync(cancellationToken);
            ports.Invalidate(account);
            var connection = new Connection(new(row.Id), account, row.Kind, row.Name, address!, row.RemoteAccountId, request.AllowedHosts ?? [], request.Settings ?? []);
            var result = await new AmoCrmSetup(amoCrm).ConnectAsync(connection, request.Secrets?.GetValueOrDefault("token") ?? "", hookUrl!, cancellationToken);
            if (!result.Ok)
            {
                // What was there goes on: the CRM still calls the old address.
                if (isNew) context.Connections.Remove(row);
                else (row.BaseUrl, row.Settings, row.AllowedHosts, row.HookTokenHash) = before;
                await context.SaveChangesAsync(CancellationToken.None);
                ports.Invalidate(account);
                hookDirectory.Invalidate(account);
                throw new ConnectionRefusedException(result.Code!, result.Message);
            }

            (message, directory) = (result.Message, result.Directory);
            (row.RemoteAccountId, row.Directory, row.DirectoryReadAt) = (directory!.AccountId, JsonConvert.SerializeObject(directory), clock.GetUtcNow());
        }
        else if (isNew)
        {
            context.Connections.Add(row);
        }

        await context.SaveChangesAsync(cancellationToken);
        foreach (var (name, value) in request.Secrets ?? new Dictionary<string, string>()) await secrets.WriteAsync(account, new(row.Id), name, value, cancellationToken);
        string? made = null;
        if (request.Kind == "generic" && request.Secrets?.ContainsKey("webhook") != true)
        {
            made = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            await secrets.WriteAsync(account, new(row.Id), "webhook", made, cancellationToken);
        }

        ports.Invalidate(account);
        directories.Invalidate(new(row.Id));
        hookDirectory.Invalidate(account);
        if (directory is not null)
        {
            await ImportManagersAsync(context, row, directory, cancellationToken);
            await ImportDealsAsync(context, row, cancellationToken);
        }

        return new(row.Id, row.Name, hookUrl, made, message);
    }

    /// <summary>Users become managers; what an admin has set on one stays.</summary>
    private static async Task ImportManagersAsync(AutomationDbContext context, ConnectionRow row, CrmDirectory directory, CancellationToken cancellationToken)
    {
        var known = await context.Managers.Where(manager => manager.AccountId == row.AccountId && manager.ConnectionId == row.Id).ToDictionaryAsync(manager => manager.UserId, cancellationToken);
        for (var i = 0; i < directory.Users.Count; i++)
        {
            var user = directory.Users[i];
            if (known.TryGetValue(user.Id, out var manager)) manager.Name = user.Name;
            else context.Managers.Add(new ManagerRow { AccountId = row.AccountId, ConnectionId = row.Id, UserId = user.Id, Name = user.Name, Active = user.Active, Position = i });
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Open deals become known states, so that load is counted and changes are told from the first hook on. At most 5,000.</summary>
    private async Task ImportDealsAsync(AutomationDbContext context, ConnectionRow row, CancellationToken cancellationToken)
    {
        var connection = await ports.FindAsync(new(row.AccountId), new ConnectionId(row.Id), cancellationToken);
        var deals = await ports.Open<ICrm>(connection!).FindDealsAsync(new DealQuery(Limit: 5_000), cancellationToken);
        var known = await context.Mailboxes.Where(mailbox => mailbox.AccountId == row.AccountId && mailbox.ConnectionId == row.Id && mailbox.EntityType == EntityTypes.Deal).Select(mailbox => mailbox.EntityId).ToHashSetAsync(cancellationToken);
        foreach (var deal in deals)
        {
            var (id, pipeline, stage) = ((string)deal[EntityFields.Id]!, (string?)deal[EntityFields.PipelineId], (string?)deal[EntityFields.StageId]);
            if (pipeline is null || stage is null || !known.Add(id)) continue;
            var at = (DateTimeOffset?)deal[EntityFields.UpdatedAt];
            var state = new MailboxState { Known = deal, Complete = true, KnownAt = at, Visit = new(1, pipeline, stage, at ?? clock.GetUtcNow(), "seen") };
            context.Mailboxes.Add(new MailboxRow
            {
                AccountId = row.AccountId,
                ConnectionId = row.Id,
                EntityType = EntityTypes.Deal,
                EntityId = id,
                State = state.ToJson(),
                PipelineId = pipeline,
                StageId = stage,
                AssignedTo = (string?)deal[EntityFields.ResponsibleId],
                Open = true,
                UpdatedAt = clock.GetUtcNow(),
            });
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
