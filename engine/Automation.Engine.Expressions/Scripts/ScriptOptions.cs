using System.ComponentModel.DataAnnotations;

namespace Automation.Engine.Expressions;

/// <summary>Where and how scripts run; the limits inside a worker are those of S4 and fixed.</summary>
public sealed class ScriptOptions
{
    /// <summary>Worker processes kept warm, and so scripts that run at once. Default 2.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 2;

    /// <summary>Wall time after which a worker is killed. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan KillAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Runs a script once more, with five times the time, when a busy machine gave its killed worker less than half of the time. Default true.</summary>
    public bool RepeatStarved { get; set; } = true;

    /// <summary>How long the check of a script that somebody saves waits for a free worker before <c>script_unavailable</c>. Runs wait until one is free. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new worker may take until it is ready. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Managed heap of a worker in MiB. Default 96.</summary>
    [Range(32, 1024)]
    public int HeapMegabytes { get; set; } = 96;

    /// <summary>The worker's .dll or an executable. Default: <c>scriptworker/Automation.Engine.ScriptWorker.dll</c> beside the program.</summary>
    public string? WorkerPath { get; set; }
}
