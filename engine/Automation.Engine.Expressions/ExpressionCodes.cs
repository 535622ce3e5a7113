namespace Automation.Engine.Expressions;

/// <summary>Codes an evaluation may end with (S3, S4 of the reliability contract).</summary>
public static class ExpressionCodes
{
    /// <summary>Length, token or nesting limit exceeded; nothing was parsed.</summary>
    public const string TooComplex = "expression_too_complex";
    /// <summary>Syntax error, unknown function or unknown root name.</summary>
    public const string Invalid = "expression_invalid";
    /// <summary>Overflow, division by zero, type clash or a limit hit during evaluation.</summary>
    public const string Failed = "expression_failed";
    /// <summary>Ordering, arithmetic or a yes/no question met an empty value.</summary>
    public const string ValueMissing = "value_missing";
    public const string TypeUnknown = "expression_type_unknown";

    public const string ScriptTimeout = "script_timeout";
    public const string ScriptMemory = "script_memory";
    public const string ScriptRecursion = "script_recursion";
    public const string ScriptTooComplex = "script_too_complex";
    public const string ScriptForbidden = "script_forbidden";
    public const string ScriptFailed = "script_failed";
    public const string ScriptResultInvalid = "script_result_invalid";
    /// <summary>No worker took the call in time, or it broke off for a reason that is not the script's.</summary>
    public const string ScriptUnavailable = "script_unavailable";
}
