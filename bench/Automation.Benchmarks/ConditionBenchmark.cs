using System.Diagnostics;
using System.Globalization;
using Automation.Engine.Expressions;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Benchmarks;

/// <summary>Evaluation of conditions: a formula of four parts, and the same in JavaScript.</summary>
internal static class ConditionBenchmark
{
    public static async Task RunAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAutomationExpressions();
        await using var provider = services.BuildServiceProvider();
        var evaluator = provider.GetRequiredService<IExpressionEvaluator>();
        await provider.GetRequiredService<ScriptWorkerPool>().WarmUpAsync(CancellationToken.None);
        var formula = await MeasureAsync(evaluator, new(ExpressionTypes.NCalc, "[deal.price] >= 30000 and [deal.Город] = 'Казань' and not hastag('отказ') and [deal.name] != null"), 1_000_000);
        var script = await MeasureAsync(evaluator, new(ExpressionTypes.JavaScript, "deal.price >= 30000 && deal['Город'] === 'Казань' && !deal.tags.includes('отказ')"), 5_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"conditions: ncalc_us={formula:0.00} js_us={script:0.0} js_to_ncalc={script / formula:0.0}"));
    }

    private static async Task<double> MeasureAsync(IExpressionEvaluator evaluator, Expression expression, int count)
    {
        var scope = new Scope();
        for (var i = 0; i < count / 5; i++) await evaluator.EvaluateAsync(expression, scope, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            if ((await evaluator.EvaluateAsync(expression, scope, CancellationToken.None)).Error is { } error) throw new InvalidOperationException(error.Message);
        return watch.Elapsed.TotalMicroseconds / count;
    }

    private sealed class Scope : IExpressionScope
    {
        private static readonly JObject Deal = new() { ["name"] = "Заявка", ["price"] = 45_000m, ["Город"] = "Казань", ["tags"] = new JArray("сайт") };

        public IReadOnlyCollection<string> Roots { get; } = ["deal"];

        public string? FindRoot(ReadOnlySpan<char> name) => name.Equals("deal", StringComparison.OrdinalIgnoreCase) ? "deal" : null;

        public DateTimeOffset Now { get; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

        public TimeZoneInfo TimeZone => TimeZoneInfo.Utc;

        public string Language => "ru";

        public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult<JToken>(Deal);
    }
}
