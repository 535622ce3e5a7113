using System.ComponentModel.DataAnnotations;

namespace Automation.Engine.Expressions;

public sealed class ExpressionOptions
{
    /// <summary>Parsed formulas and, separately, templates and verdicts on scripts that are kept in memory. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int CacheSize { get; set; } = 2_000;
}
