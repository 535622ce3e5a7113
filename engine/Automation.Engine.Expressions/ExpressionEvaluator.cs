using Automation.Engine.Expressions.Formulas;
using Automation.Engine.Expressions.Scripts;
using Automation.Engine.Expressions.Texts;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>Evaluates NCalc, JavaScript and Liquid; gives Literal and Object back as they are.</summary>
public sealed class ExpressionEvaluator : IExpressionEvaluator
{
    private readonly IScriptRunner _scripts;
    private readonly FormulaEngine _formulas;
    private readonly TextEngine _texts;
    private readonly LruCache<string, ExpressionError?> _checked;

    public ExpressionEvaluator(IScriptRunner scripts, IOptions<ExpressionOptions> options)
    {
        _scripts = scripts;
        _formulas = new FormulaEngine(options.Value.CacheSize);
        _texts = new TextEngine(options.Value.CacheSize);
        _checked = new LruCache<string, ExpressionError?>(options.Value.CacheSize, StringComparer.Ordinal);
    }

    public ValueTask<EvaluationResult> EvaluateAsync(Expression expression, IExpressionScope scope, CancellationToken cancellationToken) => expression.Type switch
    {
        ExpressionTypes.NCalc => _formulas.EvaluateAsync(expression.Text, scope, cancellationToken),
        ExpressionTypes.JavaScript => RunAsync(expression.Text, scope, cancellationToken),
        ExpressionTypes.Liquid => _texts.EvaluateAsync(expression.Text, scope, cancellationToken),
        ExpressionTypes.Literal or ExpressionTypes.Object => ValueTask.FromResult(EvaluationResult.Of(expression.Value ?? JValue.CreateNull())),
        _ => ValueTask.FromResult(EvaluationResult.Failed(Unknown(expression.Type))),
    };

    public async ValueTask<ExpressionError?> ValidateAsync(Expression expression, IReadOnlyCollection<string>? roots, CancellationToken cancellationToken) => expression.Type switch
    {
        ExpressionTypes.NCalc => _formulas.Validate(expression.Text, roots),
        ExpressionTypes.Liquid => _texts.Validate(expression.Text),
        ExpressionTypes.JavaScript => _scripts is IScriptChecker checker ? await CheckAsync(checker, expression.Text, cancellationToken) : null,
        ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Variable or ExpressionTypes.Input or ExpressionTypes.Output => null,
        _ => Unknown(expression.Type),
    };

    private async ValueTask<ExpressionError?> CheckAsync(IScriptChecker checker, string source, CancellationToken cancellationToken)
    {
        if (_checked.TryGet(source, out var known)) return known;
        var error = await checker.CheckAsync(source, cancellationToken);
        // What hung on the machine's load, or was refused by its length alone, is asked again.
        if (error is null or { Code: ExpressionCodes.Invalid or ExpressionCodes.ScriptRecursion }) _checked.Add(source, error);
        return error;
    }

    private async ValueTask<EvaluationResult> RunAsync(string source, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var (globals, seen) = (new JObject(), new SeenValues());
        if (source.Length <= ScriptWorkerPool.MaxSourceBytes)
        {
            foreach (var root in ScriptRoots.In(source, scope.Roots))
            {
                var value = await scope.ReadRootAsync(root, cancellationToken);
                globals[root] = value;
                if (value is JValue) seen.Add(root, value);
            }
        }
        globals["now"] = IsoDate.Format(TimeZoneInfo.ConvertTime(scope.Now, scope.TimeZone));
        globals[ScriptWorkerPool.TimeZoneGlobal] = scope.TimeZone.Id;
        foreach (var path in ScriptPaths.In(source, globals)) seen.Add(path, ValuePath.Read(globals, path));
        var result = await _scripts.RunAsync(new ScriptRequest(source, globals, scope.Account), cancellationToken);
        if (result.Error is { } error) return EvaluationResult.Failed(error, seen);
        var changes = result.VariableSets.Count > 0 || result.CorrelationId is not null || result.InstanceName is not null ? new ScriptChanges(result.VariableSets, result.CorrelationId, result.InstanceName) : null;
        return EvaluationResult.Of(result.Value, seen) with { Changes = changes };
    }

    private static ExpressionError Unknown(string type) => new(ExpressionCodes.TypeUnknown, $"There is no expression type '{type}' here.", Ru: $"Языка «{type}» здесь нет.");
}
