using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Whether something stands in the journal: settled by the document, or by an expression when the activity runs.</summary>
/// <param name="Shows">Where no expression decides.</param>
/// <param name="Expression">Gives one of Elsa's words; null for most.</param>
/// <param name="Name">Its place in the document, for the key of its evaluation.</param>
/// <param name="Otherwise">Holds where the expression says Inherit.</param>
internal sealed record LogRule(bool Shows, Expression? Expression = null, string Name = "", LogRule? Otherwise = null)
{
    public static readonly LogRule Include = new(true), Exclude = new(false);

    private int Depth => Otherwise is null ? 0 : Otherwise.Depth + 1;

    public async ValueTask<bool> ShowsAsync(Execution execution)
    {
        for (var rule = this; ; rule = rule.Otherwise!)
        {
            if (rule.Expression is null) return rule.Shows;
            var mode = await rule.ModeAsync(execution);
            if (mode != LogPersistenceMode.Inherit) return mode == LogPersistenceMode.Include;
        }
    }

    // What cannot be worked out may be what had to stay out.
    private async ValueTask<LogPersistenceMode> ModeAsync(Execution execution)
    {
        try
        {
            var word = (await execution.Burst.Expressions.LookAsync(execution, Expression!, $"log.{Name}.{Depth}")).ToString(Formatting.None).Trim('"', ' ');
            return Enum.TryParse<LogPersistenceMode>(word, true, out var mode) && Enum.IsDefined(mode) ? mode : LogPersistenceMode.Exclude;
        }
        catch (Exception cause) when (cause is ActivityFaultException or StepInputException)
        {
            return LogPersistenceMode.Exclude;
        }
    }
}

/// <summary>What of one activity an expression decides on.</summary>
/// <param name="Of">An input, an output, or the node itself for what it says.</param>
internal sealed record LogQuestion(object Of, LogRule Rule)
{
    /// <returns>What stays out.</returns>
    public static async ValueTask<HashSet<object>> AskAsync(IReadOnlyList<LogQuestion> questions, Execution execution)
    {
        var hidden = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var answers = new Dictionary<LogRule, bool>(ReferenceEqualityComparer.Instance);
        foreach (var (of, rule) in questions)
        {
            if (!answers.TryGetValue(rule, out var shows)) answers[rule] = shows = await rule.ShowsAsync(execution);
            if (!shows) hidden.Add(of);
        }

        return hidden;
    }
}
