using Automation.Engine.Api.Errors;

namespace Automation.Engine.Api.Funnels;

/// <param name="Revision">Of the draft; send it back in If-Match.</param>
/// <param name="Version">The published one; absent while nothing is published.</param>
/// <param name="Draft">True when the draft was saved after the last publish.</param>
public sealed record FunnelView(
    Guid Id, string Slug, string Name, Guid ConnectionId, string? Connection, long Revision, int? Version, DateTimeOffset? PublishedAt, bool Draft, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <param name="Draft">A funnel document.</param>
/// <param name="Published">The published document, its workflows pinned by version id.</param>
/// <param name="Triggers">Published triggers (the draft's while nothing is published) in words.</param>
public sealed record FunnelDetail(
    Guid Id, string Slug, string Name, Guid ConnectionId, string? Connection, long Revision, int? Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    object Draft, object? Published, IReadOnlyList<StageView> Stages, IReadOnlyList<TriggerView> Triggers);

/// <param name="Ref"><c>pipeline/stage</c>.</param>
/// <param name="Kind">ordinary, incoming, won, lost.</param>
public sealed record StageView(string Ref, string Name, string? Color, string Kind);

/// <summary>A trigger in words: When → If → Then.</summary>
/// <param name="Stages">Its span; empty for every stage.</param>
/// <param name="If">Absent: always.</param>
/// <param name="Then">Steps of its workflow.</param>
public sealed record TriggerView(
    string Funnel, string Id, string Name, bool Enabled, string Event, IReadOnlyList<string> Stages, string When, string? If, string? IfLanguage, IReadOnlyList<string> Then)
{
    /// <summary>What stands under If, in words; absent: always.</summary>
    public string? Condition { get; init; }
}

/// <param name="Problems">What keeps the draft from being published; empty when nothing does.</param>
/// <param name="Version">The published one; absent while nothing is published.</param>
public sealed record SavedFunnel(Guid Id, string Slug, string Name, long Revision, int? Version, IReadOnlyList<ProblemPlace> Problems);

public sealed record VersionView(int Version, DateTimeOffset PublishedAt, string? Author, string? Note, bool Published);

/// <summary>A manual start.</summary>
/// <param name="EntityType">Default <c>deal</c>.</param>
/// <param name="Input">Values for the workflow's inputs, by name.</param>
public sealed record StartRequest(string? EntityType, string? EntityId, Newtonsoft.Json.Linq.JObject? Input);

public sealed record StartAnswer(Guid EventId, bool Duplicate);
