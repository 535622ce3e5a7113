using Automation.Engine.Expressions;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Workflows;

/// <summary>Knows paths ("deal.price"), one comparison ("a &lt; 3") and one sum ("a + 1"); "!" fails; "coin" is true now and then.</summary>
internal sealed class FakeEvaluator : IExpressionEvaluator
{
    private int _tosses;

    public async ValueTask<EvaluationResult> EvaluateAsync(Expression expression, IExpressionScope scope, CancellationToken cancellationToken)
    {
        if (expression.Type is not (ExpressionTypes.JavaScript or ExpressionTypes.NCalc or ExpressionTypes.Liquid))
            return EvaluationResult.Failed(new ExpressionError("expression_type_unknown", $"{expression.Type} is not known."));
        if (expression.Text == "!") return EvaluationResult.Failed(new ExpressionError("script_failed", "It failed.", 1, 1));
        if (expression.Text == "coin") return EvaluationResult.Of((++_tosses * 7919 >> 3) % 3 == 0);
        var seen = new List<SeenValue>();
        var parts = expression.Text.Split(' ');
        var left = await TermAsync(parts[0], scope, seen, cancellationToken);
        if (parts.Length == 1) return EvaluationResult.Of(left, seen);
        var right = await TermAsync(parts[2], scope, seen, cancellationToken);
        JToken value = parts[1] switch
        {
            "<" => (decimal)left < (decimal)right,
            ">" => (decimal)left > (decimal)right,
            "==" => ValueConverter.Text(left) == ValueConverter.Text(right),
            "%" => (decimal)left % (decimal)right,
            _ => (decimal)left + (decimal)right,
        };
        return EvaluationResult.Of(value, seen);
    }

    public ValueTask<ExpressionError?> ValidateAsync(Expression expression, IReadOnlyCollection<string>? roots, CancellationToken cancellationToken) => ValueTask.FromResult<ExpressionError?>(null);

    private static async ValueTask<JToken> TermAsync(string term, IExpressionScope scope, List<SeenValue> seen, CancellationToken cancellationToken)
    {
        if (char.IsAsciiDigit(term[0])) return JsonText.Parse(term);
        var names = term.Split('.');
        if (!scope.Roots.Contains(names[0])) return JValue.CreateNull();
        var value = await scope.ReadRootAsync(names[0], cancellationToken);
        foreach (var name in names[1..]) value = value[name] ?? JValue.CreateNull();
        seen.Add(new SeenValue(term, value));
        return value;
    }
}

/// <summary>"set x 5" sets a variable, "outcome A" takes an outcome, "fail" fails; everything else is the result.</summary>
internal sealed class FakeScriptRunner : IScriptRunner
{
    public int Runs { get; private set; }

    public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken)
    {
        Runs++;
        var words = request.Source.Split(' ');
        var error = words[0] == "fail" ? new ExpressionError("script_failed", "It failed.") : null;
        var sets = words[0] == "set" ? new JObject { [words[1]] = JsonText.Parse(words[2]) } : [];
        return ValueTask.FromResult(new ScriptResult(request.Source, sets, words[0] == "outcome" ? [words[1]] : [], null, null, error));
    }
}
