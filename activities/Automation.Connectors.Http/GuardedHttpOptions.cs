using System.ComponentModel.DataAnnotations;

namespace Automation.Connectors.Http;

/// <summary>Limits of the one way out (S5). Bound to <c>Automation:Http</c>.</summary>
public sealed class GuardedHttpOptions
{
    /// <summary>Whole call, redirects and body included. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer after decompression, in bytes. Default 1 MiB.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Redirects followed. Default 3.</summary>
    [Range(0, 20)]
    public int MaxRedirects { get; set; } = 3;

    /// <summary>Calls at once to one host for one account; further ones wait. Default 10.</summary>
    [Range(1, 1000)]
    public int ParallelPerHost { get; set; } = 10;

    /// <summary>Hosts (<c>host</c> or <c>host:port</c>) the operator allows for every call although S5 would refuse them. Default none.</summary>
    public IList<string> AllowedHosts { get; } = [];
}
