namespace Automation.Engine.Accounts;

/// <summary>A tenant. Every row, cache and log line carries it.</summary>
public readonly record struct AccountId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>One connected outside system of an account.</summary>
public readonly record struct ConnectionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>Where new ids come from. Ids are UUID version 7, so they sort by time.</summary>
public interface IIdSource
{
    Guid NewId();
}
