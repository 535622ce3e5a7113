using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>What an account has set for itself; what it has not stands as the default.</summary>
public sealed record AccountSettings
{
    /// <summary>The deal goes on with its next event when something of it was given up.</summary>
    public const string Continue = "continue";

    /// <summary>It stands still until a person has looked.</summary>
    public const string Block = "block";

    /// <summary><see cref="Continue"/> or <see cref="Block"/> (R9). Default <see cref="Continue"/>.</summary>
    [JsonProperty("onDead")] public string OnDead { get; init; } = Continue;

    [JsonProperty("quotas")] public AccountQuotas Quotas { get; init; } = new();

    /// <summary>Of an account's row.</summary>
    public static AccountSettings FromJson(string json) => JsonConvert.DeserializeObject<AccountSettings>(json) ?? new();

    public string ToJson() => JsonConvert.SerializeObject(this);
}

/// <summary>Quotas of R13 and R14; an account's settings may raise each of them alone.</summary>
public sealed record AccountQuotas
{
    /// <summary>Accepted events a second. Default 100, with a burst of three times as many.</summary>
    public int EventsPerSecond { get; init; } = 100;

    /// <summary>Planned effects a day. Default 10,000.</summary>
    public int EffectsPerDay { get; init; } = 10_000;

    /// <summary>Runs of one trigger on one deal within 10 minutes. Default 20.</summary>
    public int RunsPerTrigger { get; init; } = 20;

    /// <summary>Length of a chain of own effects. Default 10.</summary>
    public int MaxDepth { get; init; } = 10;
}
