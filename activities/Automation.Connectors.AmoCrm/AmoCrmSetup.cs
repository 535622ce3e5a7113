using Automation.Connectors.AmoCrm.Api;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm;

/// <summary>What a person is told, in both languages of the product.</summary>
public sealed record SetupMessage(string Russian, string English);

/// <summary>Outcome of connecting an account.</summary>
/// <param name="Code">Null when all is done; else what failed, as in <see cref="Rejected"/>.</param>
/// <param name="Hooks">Events subscribed to after it.</param>
public sealed record AmoCrmSetupResult(string? Code, SetupMessage Message, CrmDirectory? Directory, IReadOnlyList<string> Hooks, bool KeyFieldMade)
{
    public bool Ok => Code is null;
}

/// <summary>Connects an account: checks the token, reads the directory, makes the key field, subscribes to hooks. May be repeated.</summary>
public sealed class AmoCrmSetup(AmoCrmConnector connector)
{
    private static readonly string[] Core =
    [
        "add_lead", "update_lead", "delete_lead", "restore_lead", "status_lead", "responsible_lead", "note_lead",
        "add_contact", "update_contact", "delete_contact", "restore_contact", "responsible_contact", "note_contact",
        "add_company", "update_company", "delete_company", "restore_company", "responsible_company", "note_company",
        "add_task", "update_task", "delete_task", "responsible_task", "add_talk", "update_talk", "add_message",
    ];

    // Newer ones, those missing in the published table, and those of plans that not everybody has.
    private static readonly string[] Extra =
    [
        "add_customer", "update_customer", "delete_customer", "responsible_customer", "note_customer",
        "add_outgoing_message", "add_unsorted", "update_unsorted", "delete_unsorted",
    ];

    /// <param name="token">Long-lived token; not stored here.</param>
    /// <param name="hookUrl">Our address for this connection's hooks, with its secret.</param>
    public async Task<AmoCrmSetupResult> ConnectAsync(Connection connection, string token, Uri hookUrl, CancellationToken cancellationToken)
    {
        var api = connector.Api(connection, _ => ValueTask.FromResult<string?>(token));
        var state = connector.StateOf(connection);
        try
        {
            var directory = await new AmoCrm(api, state).ReadDirectoryAsync(cancellationToken);
            if (directory.AccountId.Length == 0) return Failed("crm_not_found", "Account answered nothing.");
            if (connection.RemoteAccountId is { } known && known != directory.AccountId) return Failed("crm_account_other", "");
            var (made, failure) = await EnsureKeyFieldAsync(api, state, cancellationToken);
            if (failure is not null) return Failed(failure, directory);
            var (hooks, refused) = await SubscribeAsync(api, hookUrl, cancellationToken);
            if (refused is not null) return Failed(refused, directory, made);
            var message = new SetupMessage(
                $"Аккаунт «{directory.AccountName}» подключён: воронок {directory.Pipelines.Count}, полей {directory.Fields.Count}, сотрудников {directory.Users.Count}, событий в подписке {hooks.Count}.",
                $"The account \"{directory.AccountName}\" is connected: {directory.Pipelines.Count} pipelines, {directory.Fields.Count} fields, {directory.Users.Count} users, {hooks.Count} events subscribed.");
            return new AmoCrmSetupResult(null, message, directory, hooks, made);
        }
        catch (RemoteCallException failure)
        {
            return Failed(failure.Code, failure.Message);
        }
    }

    private static async Task<(bool Made, EffectResult? Failure)> EnsureKeyFieldAsync(AmoApi api, AccountState state, CancellationToken cancellationToken)
    {
        if (await state.FieldAsync(api, EntityTypes.Deal, Codes.AutomationKey, cancellationToken) is not null) return (false, null);
        var field = new JObject { ["name"] = "Ключ автоматизации", ["type"] = "text", ["code"] = Codes.AutomationKey, ["is_api_only"] = true };
        var answer = await api.CreateAsync("leads/custom_fields", new JArray(field), cancellationToken);
        if (answer.Failure is null) await state.ReadFieldsAsync(api, EntityTypes.Deal, cancellationToken);
        return (answer.Failure is null, answer.Failure);
    }

    /// <summary>Adding a known address again may replace its list, so the union is sent.</summary>
    private static async Task<(IReadOnlyList<string> Hooks, EffectResult? Failure)> SubscribeAsync(AmoApi api, Uri hookUrl, CancellationToken cancellationToken)
    {
        var known = await api.GetAsync($"webhooks?filter[destination]={Uri.EscapeDataString(hookUrl.AbsoluteUri)}", cancellationToken);
        var present = ApiEntities.Items(known?["_embedded"]?["webhooks"])
            .Where(hook => ApiEntities.Text(hook["destination"]) == hookUrl.AbsoluteUri)
            .SelectMany(hook => hook["settings"] is JArray list ? list.Values<string>().OfType<string>() : []).ToList();
        var last = default(ApiAnswer);
        foreach (var wanted in new[] { Core.Union(Extra).Union(present).ToList(), Core.Union(present).ToList() })
        {
            last = await api.ChangeAsync(HttpMethod.Post, "webhooks", new JObject { ["destination"] = hookUrl.AbsoluteUri, ["settings"] = new JArray(wanted), ["sort"] = 10 }, cancellationToken);
            if (last.Failure is null) return (wanted, null);
            if (last.Failure is not Rejected { Code: "crm_request_invalid" }) break;
        }
        return ([], last.Failure);
    }

    private static AmoCrmSetupResult Failed(EffectResult failure, CrmDirectory directory, bool made = false)
    {
        var result = failure switch
        {
            Rejected rejected => Failed(rejected.Code, rejected.Message),
            Retry retry => Failed("crm_unavailable", retry.Reason),
            _ => Failed("crm_unavailable", ""),
        };
        return result with { Directory = directory, KeyFieldMade = made };
    }

    private static AmoCrmSetupResult Failed(string code, string detail) => new(code, Words(code, detail), null, [], false);

    private static SetupMessage Words(string code, string detail) => code switch
    {
        "crm_address_missing" => new("Не указан адрес аккаунта, например https://demo.amocrm.ru.", "The account's address is missing, for example https://demo.amocrm.ru."),
        "crm_token_missing" => new("Не указан долгосрочный токен интеграции.", "The integration's long-lived token is missing."),
        "crm_token_refused" => new("amoCRM не приняла токен: он отозван, истёк или скопирован не целиком. Создайте новый долгосрочный токен.", "amoCRM refused the token: it is revoked, expired or was not copied whole. Make a new long-lived token."),
        "crm_account_unpaid" => new("Аккаунт amoCRM не оплачен.", "The amoCRM account is not paid."),
        "crm_forbidden" => new("Нет прав: нужен токен администратора и тариф «Расширенный» или выше; либо адрес сервера заблокирован за частые запросы.", "Not allowed: an administrator's token and the Advanced plan or higher are needed; or the server's address is blocked after too many calls."),
        "crm_not_found" => new("По этому адресу нет аккаунта amoCRM. Проверьте адрес.", "There is no amoCRM account at that address. Check the address."),
        "crm_account_other" => new("Токен от другого аккаунта, чем это подключение.", "The token is of another account than this connection."),
        "crm_request_invalid" => new($"amoCRM отклонила запрос: {detail}", $"amoCRM refused the request: {detail}"),
        "destination_denied" or "redirect_denied" or "url_denied" => new($"Сервер не может обращаться по этому адресу: {detail}", $"The server must not call that address: {detail}"),
        _ => new("amoCRM сейчас не отвечает. Попробуйте ещё раз.", "amoCRM does not answer now. Try again."),
    };
}
