using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>A user's expression as it stands in a workflow definition or a condition.</summary>
/// <param name="Type">One of <see cref="ExpressionTypes"/>; unknown types fail with <c>expression_type_unknown</c>.</param>
/// <param name="Value">The source text, or the value itself for Literal and Object.</param>
public sealed record Expression(string Type, JToken? Value)
{
    public string Text => Value switch { null => "", JValue { Value: string s } => s, var v => v.ToString(Newtonsoft.Json.Formatting.None) };
}

/// <summary>Elsa's expression types, and our <c>NCalc</c>.</summary>
public static class ExpressionTypes
{
    public const string Literal = "Literal";
    public const string Object = "Object";
    public const string Variable = "Variable";
    public const string Input = "Input";
    public const string Output = "Output";
    public const string JavaScript = "JavaScript";
    public const string Liquid = "Liquid";
    public const string NCalc = "NCalc";
}

/// <summary>
/// What an expression sees. Roots are names such as <c>deal</c>, <c>contact</c>, <c>company</c>, <c>event</c>, <c>user</c>,
/// <c>account</c>, <c>now</c>, <c>input</c>, <c>variables</c> and each variable by its own name.
/// </summary>
/// <remarks>
/// A root is read when an expression names it and not before; a CRM read behind it happens once per event and is journaled.
/// Dates are ISO 8601 texts, numbers are integers or decimals, a missing field is JSON null.
/// </remarks>
public interface IExpressionScope
{
    /// <summary>Every root that exists, read or not.</summary>
    IReadOnlyCollection<string> Roots { get; }

    /// <summary>The root of that name; one that differs in case only when there is no exact one. Null when there is none.</summary>
    string? FindRoot(ReadOnlySpan<char> name) => FindRoot(Roots, name);

    /// <summary>The same among names without a scope.</summary>
    static string? FindRoot(IReadOnlyCollection<string> roots, ReadOnlySpan<char> name)
    {
        string? loose = null;
        foreach (var root in roots)
        {
            if (name.Length != root.Length) continue;
            if (name.SequenceEqual(root)) return root;
            if (name.Equals(root, StringComparison.OrdinalIgnoreCase)) loose ??= root;
        }

        return loose;
    }

    /// <summary>The value of a root; JSON null when it exists and is empty. All of a step share it: look at it, change only a copy.</summary>
    ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken);

    /// <summary>Whose expressions these are; empty outside an account.</summary>
    string Account => "";

    /// <summary>The instant of this step; the only clock an expression sees.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Zone of the account: a date without time is midnight there.</summary>
    TimeZoneInfo TimeZone { get; }

    /// <summary>Language of texts for plural forms, money and dates: <c>ru</c> or <c>en</c>.</summary>
    string Language { get; }
}

/// <summary>A value that took part in an evaluation, for <em>why?</em>.</summary>
/// <param name="Path">As written, such as <c>deal.price</c>, or the text of a sub-expression such as <c>deal.price &gt; 1000</c>.</param>
/// <param name="Value">What it was; JSON null when missing.</param>
public sealed record SeenValue(string Path, JToken Value);

/// <summary>Why an expression gave no value. Codes: those of S3 and S4 of the reliability contract, and <c>value_missing</c>.</summary>
/// <param name="Ru">The message for people who read Russian; null where there is only <paramref name="Message"/>: a user's script or a library worded it.</param>
public sealed record ExpressionError(string Code, string Message, int? Line = null, int? Column = null, string? Ru = null)
{
    /// <summary>The path as written whose root does not exist; null for every other mistake.</summary>
    [JsonIgnore]
    public string? UnknownPath { get; init; }

    public string In(bool english) => english ? Message : Ru ?? Message;
}

/// <summary>The outcome of one evaluation: a value, or an error, and the values seen on the way.</summary>
public sealed record EvaluationResult(JToken Value, ExpressionError? Error, IReadOnlyList<SeenValue> Seen)
{
    /// <summary>What a script asked to change in its run; null for most.</summary>
    public ScriptChanges? Changes { get; init; }

    public static EvaluationResult Of(JToken value, IReadOnlyList<SeenValue>? seen = null) => new(value, null, seen ?? []);

    public static EvaluationResult Failed(ExpressionError error, IReadOnlyList<SeenValue>? seen = null) => new(JValue.CreateNull(), error, seen ?? []);
}

/// <summary>What a script changes in the run that evaluates it: Elsa lets expressions set variables too.</summary>
/// <param name="CorrelationId">Null to leave it.</param>
/// <param name="InstanceName">Null to leave it.</param>
public sealed record ScriptChanges(JObject Variables, string? CorrelationId, string? InstanceName);

/// <summary>Evaluates every expression type except those that only the interpreter knows (Literal, Object, Variable, Input, Output).</summary>
public interface IExpressionEvaluator
{
    ValueTask<EvaluationResult> EvaluateAsync(Expression expression, IExpressionScope scope, CancellationToken cancellationToken);

    /// <summary>Checks limits and syntax without evaluating; used when saving and publishing. Null when it is well.</summary>
    /// <param name="roots">Every root that there will be: a formula that names another is refused, as when it is evaluated. Null: names are not looked at.</param>
    ValueTask<ExpressionError?> ValidateAsync(Expression expression, IReadOnlyCollection<string>? roots, CancellationToken cancellationToken);
}

/// <summary>Runs a user's script outside the server's process (S4).</summary>
public interface IScriptRunner
{
    ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken);
}

/// <summary>One call of a script.</summary>
/// <param name="Source">At most 16 KiB. An expression or statements; the value of the last statement, or of <c>return</c>, is the result.</param>
/// <param name="Globals">Plain values by name; <c>variables</c> and <c>input</c> also feed <c>getVariable</c> and <c>getInput</c>.</param>
/// <param name="Account">Whose script it is: where many wait, accounts take turns.</param>
public sealed record ScriptRequest(string Source, JObject Globals, string Account = "");

/// <summary>What a script gave back, all as data: nothing in the server ran while it worked.</summary>
public sealed record ScriptResult(JToken Value, JObject VariableSets, IReadOnlyList<string> Outcomes, string? CorrelationId, string? InstanceName, ExpressionError? Error);
