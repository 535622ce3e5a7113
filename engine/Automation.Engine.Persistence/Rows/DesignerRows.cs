namespace Automation.Engine.Persistence.Rows;

/// <summary>A person who signs in with a password.</summary>
public sealed class UserRow : AccountScoped
{
    public Guid Id { get; set; }

    /// <summary>What is typed at the sign-in.</summary>
    public required string Login { get; set; }

    /// <summary>The login in the form that it is found by; unique in the installation.</summary>
    public required string NormalizedLogin { get; set; }

    /// <summary>The name that others see.</summary>
    public required string Name { get; set; }
    public string? PasswordHash { get; set; }

    /// <summary>Changed with every change of password or role.</summary>
    public required string SecurityStamp { get; set; }

    /// <summary>viewer, editor, publisher, operator, admin.</summary>
    public required string Role { get; set; }

    /// <summary><c>ru</c> or <c>en</c>; null for the account's.</summary>
    public string? Language { get; set; }

    /// <summary><c>light</c> or <c>dark</c>; null for the browser's.</summary>
    public string? Theme { get; set; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int AccessFailedCount { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? SignedInAt { get; set; }
}

/// <summary>A key that protects forms and pages, the same on every server: its XML, AES-GCM under the master key.</summary>
public sealed class DataKeyRow
{
    public Guid Id { get; set; }
    public required string KeyId { get; set; }
    public required byte[] Nonce { get; set; }
    public required byte[] Cipher { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One change of a funnel's draft: what undo takes back.</summary>
public sealed class DraftChangeRow : AccountScoped
{
    public Guid FunnelId { get; set; }

    /// <summary>1, 2, 3 … within the funnel.</summary>
    public int Number { get; set; }

    /// <summary>The user, or the key, that made it.</summary>
    public Guid AuthorId { get; set; }
    public required string Author { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>What it is called: a ChangeName as JSON.</summary>
    public required string Name { get; set; }

    /// <summary>The parts before and after it: PartEdits as JSON.</summary>
    public required string Edits { get; set; }

    /// <summary>A DraftChangeState.</summary>
    public int State { get; set; }

    /// <summary>Revision of the draft with it.</summary>
    public long Revision { get; set; }
}

/// <summary>What a trigger did on one day, summed up from the journal.</summary>
public sealed class TriggerDayRow : AccountScoped
{
    public Guid FunnelId { get; set; }
    public required string TriggerId { get; set; }

    /// <summary><c>yyyy-MM-dd</c> in the account's time zone.</summary>
    public required string Day { get; set; }

    /// <summary>Events that reached it: of its kind, in its stages.</summary>
    public long Passed { get; set; }
    public long Fired { get; set; }

    /// <summary>Reached it and did not fire.</summary>
    public long Skipped { get; set; }
}

/// <summary>A deal's stay in a stage, summed up from the journal.</summary>
public sealed class StageVisitRow : AccountScoped
{
    public Guid ConnectionId { get; set; }
    public required string EntityId { get; set; }

    /// <summary>When it came in; with the deal, unique.</summary>
    public DateTimeOffset EnteredAt { get; set; }
    public required string PipelineId { get; set; }
    public required string StageId { get; set; }

    /// <summary>Null while it is there.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>Who moved it in: the source's user id, <c>automation</c> for our own move; null when nobody told.</summary>
    public string? ActorId { get; set; }

    /// <summary>The budget when it came in.</summary>
    public decimal? Price { get; set; }
}

/// <summary>How far a summing-up has read the journal.</summary>
public sealed class ProjectionRow
{
    public required string Name { get; set; }

    /// <summary>Last journal row taken in; null before the first.</summary>
    public Guid? Position { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A trigger on its way over the deals that stood in its stages when a person asked for it.</summary>
public sealed class SweepRow : AccountScoped
{
    public Guid Id { get; set; }
    public Guid FunnelId { get; set; }
    public required string TriggerId { get; set; }
    public Guid ConnectionId { get; set; }

    /// <summary>Most deals a minute.</summary>
    public int PerMinute { get; set; }

    /// <summary>The last deal that it has come to, by id; empty before the first.</summary>
    public string Cursor { get; set; } = "";

    /// <summary>Deals that it has come to, of those that stood there at its start.</summary>
    public int Done { get; set; }
    public int Total { get; set; }

    /// <summary>running, paused, done, cancelled.</summary>
    public required string Status { get; set; }

    /// <summary>When the next deals may go; whoever moves it ahead hands them over.</summary>
    public DateTimeOffset NextAt { get; set; }
    public required string By { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>A draft tried on past events.</summary>
public sealed class BackTestRow : AccountScoped
{
    public Guid Id { get; set; }
    public Guid FunnelId { get; set; }

    /// <summary>Of the draft that is tried.</summary>
    public long DraftRevision { get; set; }

    /// <summary>Days, trigger, and the version that it is compared with, as JSON.</summary>
    public required string Request { get; set; }

    /// <summary>running, done, failed, cancelled.</summary>
    public required string Status { get; set; }

    /// <summary>Events played, of so many.</summary>
    public int Played { get; set; }
    public int Total { get; set; }

    /// <summary>What it showed, as JSON; null until done.</summary>
    public string? Result { get; set; }
    public required string By { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When a running one counts as stopped with its server, unless it says before that it lives; null when it has ended.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }
}
