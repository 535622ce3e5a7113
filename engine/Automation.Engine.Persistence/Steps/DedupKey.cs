namespace Automation.Engine.Persistence.Steps;

/// <summary>Where an event's key must be unique (R2).</summary>
public readonly record struct DedupKey(Guid Account, Guid Connection, string Key);

/// <summary>A stored event that holds a key.</summary>
public readonly record struct KnownEvent(Guid Id, string? BodyHash);
