using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>Conditions and calculations in NCalc's syntax, parsed once and walked by our own evaluator.</summary>
internal sealed class FormulaEngine(int cacheSize)
{
    private readonly LruCache<string, (Formula? Formula, ExpressionError? Error)> _cache = new(cacheSize, StringComparer.Ordinal);

    /// <param name="roots">Null: names are not looked at.</param>
    public ExpressionError? Validate(string source, IReadOnlyCollection<string>? roots)
    {
        var (formula, error) = Parse(source);
        if (formula is null || roots is null) return error;
        var unknown = Array.Find(formula.Paths, path => !path.Named && ValuePath.FindRoot(path.Splits, roots) is null);
        return unknown is null ? null : Unknown(formula, unknown, roots);
    }

    public ValueTask<EvaluationResult> EvaluateAsync(string source, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var (formula, error) = Parse(source);
        return formula is null ? ValueTask.FromResult(EvaluationResult.Failed(error!)) : EvaluateAsync(formula, new(formula.Paths.Length), 0, scope, cancellationToken);
    }

    // Most roots are at hand: only one that is read outside makes it wait.
    private static ValueTask<EvaluationResult> EvaluateAsync(Formula formula, FormulaValues values, int from, IExpressionScope scope, CancellationToken cancellationToken)
    {
        for (var i = from; i < formula.Paths.Length; i++)
        {
            if (ValuePath.FindRoot(formula.Paths[i].Splits, scope) is not { } split)
            {
                if (formula.Paths[i].Named) continue;
                return ValueTask.FromResult(EvaluationResult.Failed(Unknown(formula, formula.Paths[i], scope.Roots)));
            }

            if (!values.TryGet(split.Root, out var root))
            {
                var reading = scope.ReadRootAsync(split.Root, cancellationToken);
                if (!reading.IsCompletedSuccessfully) return GoOnAsync(formula, values, i, split.Root, reading, scope, cancellationToken);
                values.Add(split.Root, root = reading.Result);
            }

            values.Set(i, ValuePath.Read(root, split.Tail));
        }

        return ValueTask.FromResult(new FormulaEvaluation(formula, values, scope).Run());
    }

    private static async ValueTask<EvaluationResult> GoOnAsync(Formula formula, FormulaValues values, int from, string root, ValueTask<JToken> reading, IExpressionScope scope, CancellationToken cancellationToken)
    {
        values.Add(root, await reading);
        return await EvaluateAsync(formula, values, from, scope, cancellationToken);
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

    private static ExpressionError Unknown(Formula formula, FormulaNode.Path path, IReadOnlyCollection<string> roots)
    {
        var name = path.Text.Split('.')[0];
        var nearest = ValuePath.Nearest(name, roots);
        var (hint, ru) = nearest is not null ? ($" Did you mean '{nearest}'?", $" Может быть, «{nearest}»?")
            // [deal.Город] = Казань: a bare word may be meant as a text.
            : formula.Source[path.Position] != '[' && name == path.Text ? ($" A text is written in quotes: '{name}'.", $" Текст пишется в кавычках: «'{name}'».")
            : ("", "");
        return FormulaException.ErrorAt(formula.Source, path.Position, $"'{name}' is not known here.{hint}", $"Имя «{name}» здесь не известно.{ru}") with { UnknownPath = path.Text };
    }
}
