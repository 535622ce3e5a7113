namespace Automation.Engine.Persistence.Cluster;

/// <summary>Keeps rows in memory that another node, or a person at the database, may change.</summary>
public interface IKeepsInMemory
{
    /// <summary>Tables whose rows it keeps.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Drops what it keeps of that account; null: of all.</summary>
    void Forget(Guid? account);
}
