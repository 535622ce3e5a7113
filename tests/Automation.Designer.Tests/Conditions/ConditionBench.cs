using System.Net;
using System.Text;
using Automation.Designer.Conditions;
using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Tools;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Conditions;

/// <summary>The editor on a page of its own, over an API that computes with the engine's own evaluator on one deal.</summary>
internal sealed class ConditionBench : IAsyncDisposable
{
    private sealed class NoScripts : IScriptRunner
    {
        public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private static readonly ExpressionEvaluator Evaluator = new(new NoScripts(), Options.Create(new ExpressionOptions()));

    private readonly BunitContext page = new();

    public ConditionBench()
    {
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddSingleton<TimeProvider>(Clock);
        page.Services.AddSingleton<ScreenWords>();
        page.Services.AddSingleton(new ApiClient(new HttpClient(new Server(this)) { BaseAddress = new("http://localhost/") }, new UserSession()));
    }

    public FakeTimeProvider Clock { get; } = new();

    public JObject Roots { get; } = JObject.Parse("""{ "deal": { "name": "Ремонт", "price": 70000, "tags": ["VIP"], "cf": { "7": "Сайт" } }, "contact": null, "event": {} }""");

    /// <summary>What was saved.</summary>
    public List<Condition?> Saved { get; } = [];

    /// <summary>Formulas that were tried.</summary>
    public List<string> Tried { get; } = [];

    /// <summary>Nothing is saved: what was given stays.</summary>
    public bool Refuses { get; set; }

    public IRenderedComponent<ConditionEditor> Editor { get; private set; } = null!;

    public ConditionBench Show(string? formula, bool editable = true, string? deal = null, string language = ExpressionTypes.NCalc)
    {
        Editor = page.Render<ConditionEditor>(parameters => parameters.Add(one => one.Value, formula is null ? null : new Condition(language, formula)).Add(one => one.Directory, Samples.Directory)
            .Add(one => one.Deal, deal).Add(one => one.Editable, editable).Add(one => one.ValueChanged, Take));
        return this;
    }

    /// <summary>As when somebody undoes, or the draft changes.</summary>
    public void Give(Condition? condition) => Editor.Render(parameters => parameters.Add(one => one.Value, condition));

    public AngleSharp.Dom.IElement At(string testId) => Editor.Find($"[data-testid='{testId}']");

    public bool Has(string testId) => Editor.FindAll($"[data-testid='{testId}']").Count > 0;

    /// <summary>Chooses a field as the keyboard does.</summary>
    public void Choose(string picker, string typed)
    {
        At(picker).Input(typed);
        At(picker).KeyDown("Enter");
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    private void Take(Condition? condition)
    {
        Saved.Add(condition);
        if (!Refuses) Give(condition);
    }

    private sealed class Server(ConditionBench bench) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = ApiJson.Read<TryConditionRequest>(await request.Content!.ReadAsStringAsync(cancellationToken));
            bench.Tried.Add(asked.Condition!.Text);
            var parts = new List<TriedPart>();
            if (asked.Entity is not null && asked.Condition.Language == ExpressionTypes.NCalc)
            {
                foreach (var part in ConditionParts.Of(asked.Condition.Text))
                {
                    var result = await Evaluator.EvaluateAsync(new(ExpressionTypes.NCalc, part.Text), new GivenScope(bench.Roots), cancellationToken);
                    parts.Add(new(part.Path, part.Text, result.Error is null ? (bool?)result.Value : null, result.Error?.Message, [.. result.Seen.Select(seen => new EvalSeen(seen.Path, seen.Value))]));
                }
            }

            var error = ConditionReader.Read(asked.Condition.Text).Error is { } wrong && asked.Condition.Language == ExpressionTypes.NCalc ? wrong.Message : parts.FirstOrDefault()?.Error;
            var answer = new TryConditionAnswer(parts.FirstOrDefault()?.Value, error, null, null, asked.Entity is null ? null : "Ремонт", parts);
            return new(HttpStatusCode.OK) { Content = new StringContent(ApiJson.Write(answer), Encoding.UTF8, "application/json") };
        }
    }
}
