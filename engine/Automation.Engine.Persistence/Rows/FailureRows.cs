namespace Automation.Engine.Persistence.Rows;

/// <summary>A redrive that a person asked for: what it brings back stands in <see cref="RedriveItemRow"/>.</summary>
public sealed class RedriveRow : AccountScoped
{
    public Guid Id { get; set; }

    /// <summary>Who asked for it.</summary>
    public required string By { get; set; }

    /// <summary>The activity to begin with and the edited input, as JSON.</summary>
    public required string Request { get; set; }

    /// <summary>Most items a second.</summary>
    public int PerSecond { get; set; }
    public int Total { get; set; }

    /// <summary>Items handed to their mailboxes so far; they go in their order.</summary>
    public int Done { get; set; }

    /// <summary>When the next items may go; whoever moves it ahead hands them over.</summary>
    public DateTimeOffset NextAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>One dead event, run or effect of a redrive.</summary>
public sealed class RedriveItemRow : MailboxScoped
{
    public Guid RedriveId { get; set; }

    /// <summary>0, 1, 2 … in the order of the deals' own history.</summary>
    public int Position { get; set; }

    /// <summary>event, run, effect.</summary>
    public required string Kind { get; set; }

    /// <summary>Id of the event or run; key of the effect.</summary>
    public required string Target { get; set; }
}

/// <summary>Effects that an account's nodes have taken from its budget of one day (R14).</summary>
public sealed class EffectBudgetRow : AccountScoped
{
    /// <summary><c>yyyy-MM-dd</c> in the account's time zone.</summary>
    public required string Day { get; set; }

    /// <summary>Leased to nodes so far; what a node that died had not used is lost to the day.</summary>
    public int Taken { get; set; }
}
