using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary><c>connect SYSTEM</c>: makes a connection, or renews the one with that name.</summary>
internal static class ConnectVerbs
{
    private const string Secret = " A dash reads it from the standard input, so that it stays out of the shell's history.";

    public static Command Create(ServerVerbs verbs)
    {
        var command = new Command("connect", "Connect an outside system.");
        foreach (var system in (Command[])[AmoCrm(verbs), Smsc(verbs), Klientiks(verbs), Generic(verbs)]) command.Subcommands.Add(system);
        return command;
    }

    private static Command AmoCrm(ServerVerbs verbs)
    {
        var subdomain = new Option<string?>("--subdomain") { Description = "The account's name before .amocrm.ru, or the whole host." };
        var (token, url, name) = (Required("--token", "Long-lived token of a private integration." + Secret), Url(), Name("crm"));
        return verbs.Create("amocrm", "amoCRM or Kommo; docs/connect-amocrm.md shows what to click.", [subdomain, token, url, name], (verb, cancellationToken) =>
        {
            var (account, address) = (verb.Parsed.GetValue(subdomain), verb.Parsed.GetValue(url));
            if (account is null && address is null) throw new CommandFailedException("Say which account: --subdomain NAME (or --url with its address).");
            return ConnectAsync(verb, "amocrm", verb.Parsed.GetRequiredValue(name), address, cancellationToken, subdomain: account, secrets: new() { ["token"] = Given(verb, token) });
        });
    }

    private static Command Smsc(ServerVerbs verbs)
    {
        var (key, url, name) = (Required("--apikey", "Key of the API." + Secret), Url(), Name("sms"));
        return verbs.Create("smsc", "SMSC, the SMS gateway.", [key, url, name], (verb, cancellationToken) =>
            ConnectAsync(verb, "smsc", verb.Parsed.GetRequiredValue(name), verb.Parsed.GetValue(url), cancellationToken, secrets: new() { ["apikey"] = Given(verb, key) }));
    }

    private static Command Klientiks(ServerVerbs verbs)
    {
        var (account, user) = (Required("--account", "Account id."), Required("--user", "User id."));
        var (token, url, name) = (Required("--token", "Token of the API." + Secret), Url(), Name("booking"));
        return verbs.Create("klientiks", "Klientiks, the booking system.", [account, user, token, url, name], (verb, cancellationToken) =>
            ConnectAsync(
                verb, "klientiks", verb.Parsed.GetRequiredValue(name), verb.Parsed.GetValue(url), cancellationToken,
                settings: new() { ["accountId"] = verb.Parsed.GetRequiredValue(account), ["userId"] = verb.Parsed.GetRequiredValue(user) },
                secrets: new() { ["token"] = Given(verb, token) }));
    }

    private static Command Generic(ServerVerbs verbs)
    {
        var name = Name("webhook");
        return verbs.Create("generic", "Any system that signs its webhooks (Standard Webhooks).", [name], (verb, cancellationToken) =>
            ConnectAsync(verb, "generic", verb.Parsed.GetRequiredValue(name), null, cancellationToken));
    }

    private static async Task ConnectAsync(
        VerbContext verb, string kind, string name, string? baseUrl, CancellationToken cancellationToken, string? subdomain = null, JObject? settings = null, JObject? secrets = null)
    {
        var body = new JObject { ["kind"] = kind, ["name"] = name, ["secrets"] = secrets ?? [], ["settings"] = settings ?? [] };
        if (baseUrl is not null) body["baseUrl"] = baseUrl;
        if (subdomain is not null) body["subdomain"] = subdomain;
        var answer = await verb.Server.SendAsync(HttpMethod.Post, "api/connections", body.ToString(), cancellationToken);
        await verb.Output.WriteLineAsync(Items.Show(answer["message"]?[Languages.OfTerminal()]) is { Length: > 0 } words ? words : $"Connected: {answer["name"]}.");
        if (Items.Show(answer["hookUrl"]) is { Length: > 0 } hook) await verb.Output.WriteLineAsync($"Hook address: {hook}");
        if (Items.Show(answer["secret"]) is { Length: > 0 } secret) await verb.Output.WriteLineAsync($"Secret:       {secret}   (shown this once)");
    }

    private static string Given(VerbContext verb, Option<string> option) =>
        verb.Parsed.GetRequiredValue(option) is not "-" and var value ? value
        : Console.In.ReadLine()?.Trim() is { Length: > 0 } line ? line : throw new CommandFailedException($"{option.Name}: the standard input is empty.");

    private static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };

    private static Option<string> Name(string otherwise) => new("--name") { Description = $"The connection's name in funnels. Default {otherwise}.", DefaultValueFactory = _ => otherwise };

    private static Option<string?> Url()
    {
        var url = new Option<string?>("--url") { Description = "Address of the system, where it is not the usual one." };
        Addresses.Check(url);
        return url;
    }
}
