using Automation.Engine.Mailboxes;

namespace Automation.Engine.Matching;

/// <summary>Says in which circle triggers and their effects run (R14).</summary>
public static class LoopWords
{
    /// <summary>The circle as <c>«A» → what A did → «B» → what B did → «A»</c>.</summary>
    /// <param name="trigger">Name of the trigger that is to fire once more.</param>
    /// <param name="chain">What led to it, the first link first.</param>
    /// <returns>Null when none of our own effects led to it: the events came from outside.</returns>
    public static string? Cycle(string trigger, IReadOnlyList<CauseLink>? chain)
    {
        if (chain is not { Count: > 0 }) return null;
        // From the last time that it fired itself; where it does not recur, the whole chain.
        var from = chain.Count - 1;
        while (from > 0 && chain[from].Trigger != trigger) from--;
        return string.Join(" → ", chain.Skip(from).SelectMany(link => new[] { $"«{link.Trigger}»", link.Effect }).Append($"«{trigger}»"));
    }
}
