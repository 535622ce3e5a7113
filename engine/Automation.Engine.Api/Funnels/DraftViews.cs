using Automation.Engine.Funnels.Editing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>A funnel's draft as it is edited.</summary>
/// <param name="Revision">Raised by every change.</param>
/// <param name="Version">The published one; absent while nothing is published.</param>
/// <param name="Document">The draft: a funnel document.</param>
/// <param name="Undo">What the caller's next undo takes back, in words; absent for nothing.</param>
/// <param name="Redo">What the caller's next redo brings back.</param>
/// <param name="Changed">Parts that differ from what is published.</param>
public sealed record DraftView(
    Guid Id, string Slug, string Name, Guid ConnectionId, string? Connection, long Revision, int? Version, DateTimeOffset? PublishedAt, JObject Document,
    string? Undo, string? Redo, IReadOnlyList<ChangedPart> Changed, IReadOnlyList<ProblemView> Problems);

/// <param name="Part">A trigger's id; empty for the funnel's head.</param>
/// <param name="Kind">new, edited, removed.</param>
public sealed record ChangedPart(string Part, string Name, string Kind);

/// <summary>Something wrong, or doubtful, in a draft.</summary>
/// <param name="Severity">error: it cannot be published; warning: publishing asks.</param>
/// <param name="Part">A trigger's id; empty for the funnel's head.</param>
/// <param name="Place">Where to jump: when, if, then, or <c>then/{activity}/{input}</c>; empty for the part as a whole.</param>
/// <param name="Message">In an admin's words.</param>
/// <param name="Fixes">Changes that put it right, most likely first.</param>
public sealed record ProblemView(string Severity, string Code, string Part, string Place, string Message, IReadOnlyList<FixView> Fixes);

public sealed record FixView(string Title, DraftEdit Edit);

/// <summary>A change that was taken in.</summary>
/// <param name="Parts">What it made of them, with what others had changed meanwhile; a value of null: the part is gone.</param>
public sealed record DraftChanged(long Revision, int Number, string? Undo, string? Redo, IReadOnlyList<PartValue> Parts, IReadOnlyList<ChangedPart> Changed, IReadOnlyList<ProblemView> Problems);

public sealed record PartValue(string Part, JObject? Value);

/// <summary>A row of the draft's changes, newest first in lists.</summary>
/// <param name="State">done, undone, dropped (undone, and something else was done then).</param>
public sealed record DraftChangeView(int Number, DateTimeOffset At, Guid AuthorId, string Author, string Name, string State, bool Mine);

/// <summary>What a page needs to know whether to read the draft anew.</summary>
/// <param name="By">Who changed it last; absent when it is not known.</param>
/// <param name="People">Names of those who have the page open.</param>
public sealed record DraftSigns(long Revision, int? Version, Guid? By, IReadOnlyList<string> People);
