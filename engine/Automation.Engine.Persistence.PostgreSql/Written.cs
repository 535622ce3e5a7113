namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>What a transaction did, before its commit.</summary>
/// <param name="Transaction">Its id; null when it wrote nothing that matters.</param>
internal readonly record struct Written<T>(T Result, string? Transaction);
