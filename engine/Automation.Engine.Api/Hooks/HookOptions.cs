using System.ComponentModel.DataAnnotations;

namespace Automation.Engine.Api.Hooks;

/// <summary>Limits of accepting (R1, R13, S2).</summary>
public sealed class HookOptions
{
    /// <summary>Most time to read a body. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most time to store; longer is 503. Default 1.5 s: amoCRM waits 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Most events that wait, over all accounts. Default 100,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>How long a connection found by its token is kept before it is read again; a change is told to every node at once, this bounds the harm of a notice that was lost. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan KeepConnection { get; set; } = TimeSpan.FromMinutes(1);
}
