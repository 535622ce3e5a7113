using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>Conditions and calculations in NCalc's syntax, parsed once and walked by our own evaluator.</summary>
internal sealed class FormulaEngine(int cacheSize)
{
    private readonly LruCache<string, (Formula? Formula, ExpressionError? Error)> _cache = new(cacheSize, StringComparer.Ordinal);

    public ExpressionError? Validate(string source) => Parse(source).Error;

    public async ValueTask<EvaluationResult> EvaluateAsync(string source, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var (formula, error) = Parse(source);
        if (formula is null) return EvaluationResult.Failed(error!);
        var values = new Dictionary<string, JToken>(StringComparer.Ordinal);
        foreach (var path in formula.Paths)
        {
            if (ValuePath.SplitRoot(path.Text, scope.Roots) is not { } split) return EvaluationResult.Failed(Unknown(formula, path, scope));
            if (!values.ContainsKey(split.Root)) values.Add(split.Root, await scope.ReadRootAsync(split.Root, cancellationToken));
        }
        return new FormulaEvaluation(formula, values, scope).Run();
    }

    private (Formula? Formula, ExpressionError? Error) Parse(string source) => source.Length > FormulaScanner.MaxLength ? Make(source) : _cache.GetOrAdd(source, Make);

    private static (Formula?, ExpressionError?) Make(string source)
    {
        try
        {
            return (FormulaParser.Parse(source), null);
        }
        catch (FormulaException e)
        {
            return (null, e.Error);
        }
    }

    private static ExpressionError Unknown(Formula formula, FormulaNode.Path path, IExpressionScope scope)
    {
        var name = path.Text.Split('.')[0];
        var nearest = ValuePath.Nearest(name, scope.Roots);
        return FormulaException.At(formula.Source, path.Position, $"'{name}' is not known here.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}").Error;
    }
}
