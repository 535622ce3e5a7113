namespace Automation.Engine.Persistence.Cluster;

/// <summary>A node as it stands in the table of members: one row for each life of a process.</summary>
public sealed class MemberRow
{
    /// <summary>Address, port and the number of its life; unique for ever.</summary>
    public required string Address { get; set; }
    public required string Name { get; set; }
    public required string HostName { get; set; }

    /// <summary>An Orleans SiloStatus.</summary>
    public int Status { get; set; }
    public int ProxyPort { get; set; }
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Its last sign of life, by the database's clock.</summary>
    public DateTimeOffset AliveAt { get; set; }

    /// <summary>Who suspects it since when, as JSON.</summary>
    public string Suspects { get; set; } = "[]";

    /// <summary>Raised at each change of the row but its signs of life; a writer names the one it has read.</summary>
    public long Revision { get; set; }
}

/// <summary>The version of the whole table: one row.</summary>
public sealed class MemberVersionRow
{
    public int Id { get; set; }
    public int Version { get; set; }
}

/// <summary>The members at one instant.</summary>
/// <param name="Version">Raised by every insert and update.</param>
/// <param name="ReadAt">The database's time.</param>
public sealed record MemberList(int Version, DateTimeOffset ReadAt, IReadOnlyList<MemberRow> Members);
