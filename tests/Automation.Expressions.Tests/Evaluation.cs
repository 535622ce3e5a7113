using Automation.Engine.Expressions;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Expressions.Tests;

internal static class Evaluation
{
    private sealed class NoScripts : IScriptRunner
    {
        public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private static readonly ExpressionEvaluator Evaluator = new(new NoScripts(), Options.Create(new ExpressionOptions()));

    public static ValueTask<EvaluationResult> FormulaAsync(string text, IExpressionScope? scope = null) =>
        Evaluator.EvaluateAsync(new Expression(ExpressionTypes.NCalc, text), scope ?? TestScope.Deal(), TestContext.Current.CancellationToken);

    public static EvaluationResult Formula(string text, IExpressionScope? scope = null)
    {
        var task = Evaluator.EvaluateAsync(new Expression(ExpressionTypes.NCalc, text), scope ?? TestScope.Deal(), CancellationToken.None).AsTask();
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    public static ValueTask<EvaluationResult> TextAsync(string text, IExpressionScope? scope = null) =>
        Evaluator.EvaluateAsync(new Expression(ExpressionTypes.Liquid, text), scope ?? TestScope.Deal(), TestContext.Current.CancellationToken);

    public static ValueTask<EvaluationResult> EvaluateAsync(string type, string text) =>
        Evaluator.EvaluateAsync(new Expression(type, text), TestScope.Deal(), TestContext.Current.CancellationToken);

    public static ValueTask<ExpressionError?> ValidateAsync(string type, string text, IReadOnlyCollection<string>? roots = null) => Evaluator.ValidateAsync(new Expression(type, text), roots, TestContext.Current.CancellationToken);

    public static string Json(this JToken token) => token.ToString(Newtonsoft.Json.Formatting.None);
}
