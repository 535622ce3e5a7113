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
        var values = new FormulaValues(formula.Paths.Count);
        for (var i = 0; i < formula.Paths.Count; i++)
        {
            if (ValuePath.SplitRoot(formula.Paths[i].Text, scope) is not { } split) return EvaluationResult.Failed(Unknown(formula, formula.Paths[i], scope));
            if (!values.TryGet(split.Root, out var root)) values.Add(split.Root, root = await scope.ReadRootAsync(split.Root, cancellationToken));
            values.Set(i, ValuePath.Read(root, split.Tail));
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
