using Automation.Engine.Expressions;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

[assembly: AssemblyFixture(typeof(Automation.Expressions.Tests.ScriptPoolFixture))]

namespace Automation.Expressions.Tests;

/// <summary>One pool of worker processes for all script tests.</summary>
public sealed class ScriptPoolFixture : IAsyncLifetime
{
    public ScriptWorkerPool Pool { get; } = new(Options.Create(new ScriptOptions { QueueTimeout = TimeSpan.FromSeconds(30), StartTimeout = TimeSpan.FromSeconds(60), RepeatStarved = false }), TimeProvider.System);

    public IExpressionEvaluator Evaluator => new ExpressionEvaluator(Pool, Options.Create(new ExpressionOptions()));

    public async ValueTask InitializeAsync() => await Pool.WarmUpAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => Pool.DisposeAsync();

    public ValueTask<ScriptResult> RunAsync(string source, string globals = "{}") =>
        Pool.RunAsync(new ScriptRequest(source, JObject.Parse(globals)), TestContext.Current.CancellationToken);
}

/// <summary>Scripts are measured against the clock: one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ScriptCollection
{
    public const string Name = "scripts";
}
