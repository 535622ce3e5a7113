namespace Automation.Simulators.Smsc;

public sealed class SmscOptions
{
    /// <summary>Path before <c>/sys</c> and <c>/rest</c>. Default none.</summary>
    public string Prefix { get; set; } = "";

    public string Login { get; set; } = "sandbox";

    public string Password { get; set; } = "sandbox-demo-password";

    /// <summary>Works instead of login and password.</summary>
    public string ApiKey { get; set; } = "sandbox-demo-key";

    /// <summary>Money at the start, roubles. Default 100.</summary>
    public decimal Balance { get; set; } = 100m;

    /// <summary>Price of one part, roubles. Default 4.10.</summary>
    public decimal Price { get; set; } = 4.10m;

    /// <summary>How long an equal request (phones and text) is refused with code 9. Default 1 minute; zero switches it off.</summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromMinutes(1);

    public TimeProvider Clock { get; set; } = TimeProvider.System;
}

/// <param name="Id">The sender's own id, or the gateway's number.</param>
/// <remarks><see cref="Status"/> is the vendor's code: -1 waiting, 0 handed over, 1 delivered, 20 impossible, ...</remarks>
public sealed record SmsMessage(long Number, string Id, string Phone, string Text, string Sender, DateTimeOffset At, int Parts)
{
    public int Status { get; init; } = 1;

    public int Err { get; init; }

    public DateTimeOffset StatusAt { get; init; } = At;
}
