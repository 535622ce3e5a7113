using Automation.Activities;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Automation.Samples.Plugin;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Workflows;

/// <summary>
/// Runs one workflow the way a host does, with a clock that jumps. After every step the state goes through JSON text, so nothing
/// survives that would not survive a restart. Stimuli and inputs are recorded, and <see cref="ReplayAsync"/> takes them again.
/// </summary>
internal sealed class RunHarness
{
    private static readonly JsonSerializerSettings Json = new() { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
    private readonly ServiceProvider _services;
    private readonly IWorkflowInterpreter _interpreter;
    private readonly List<(Stimulus Stimulus, DateTimeOffset At)> _taken = [];
    private readonly RecordedInputs _inputs = new();
    private RunSeed? _seed;

    public RunHarness(JObject document, Action<IServiceCollection>? configure = null, ICompositeSource? composites = null)
    {
        var services = new ServiceCollection().AddAutomationEngine().AddAutomationActivities().AddActivities(typeof(ReverseText).Assembly)
            .AddActivities(typeof(RunHarness).Assembly)
            .AddSingleton<IExpressionEvaluator, FakeEvaluator>().AddSingleton<IScriptRunner, FakeScriptRunner>();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        _interpreter = _services.GetRequiredService<IWorkflowInterpreter>();
        Workflow = _interpreter.Compile(new WorkflowDefinition("v1", "d1", 1, document), composites);
    }

    public CompiledWorkflow Workflow { get; }
    public Guid Id => _seed!.RunId;
    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    public Dictionary<string, JToken> Roots { get; } = new(StringComparer.Ordinal) { ["deal"] = new JObject { ["price"] = 5000 } };

    /// <summary>Answers effects other than those of Elsa-style activities.</summary>
    public Func<PlannedEffect, EffectOutcome> Answer { get; set; } = effect => new(effect.Key, true, new JObject(), null, null);
    public RunState State { get; private set; } = null!;
    public RunStep LastStep { get; private set; } = null!;
    public List<JObject> Facts { get; } = [];
    public List<PlannedEffect> Effects { get; } = [];
    public List<PublishedEvent> Published { get; } = [];
    public List<string> Snapshots { get; } = [];
    public Queue<PlannedEffect> Unsent { get; } = new();

    public IEnumerable<string> Lines => Facts.Where(fact => (string)fact["event"]! == "WriteLine").Select(fact => (string)fact["message"]!);

    public JToken Outputs => State.Body["output"] ?? new JObject();

    public JToken Variable(string name) => State.Body["tree"]![0]!["variables"]?[name] ?? JValue.CreateNull();

    /// <summary>Ids of activities in the order in which they ended, without the containers.</summary>
    public IEnumerable<string> Completed => Facts.Where(fact => (string)fact["event"]! == "Completed" && (string)fact["type"]! is not ("Elsa.Workflow" or "Elsa.Flowchart" or "Elsa.Sequence"))
        .Select(fact => ((string)fact["node"]!).Split(':')[^1]);

    /// <summary>Starts the run and drives it until it ends or only a stimulus from outside can go on.</summary>
    public async Task<RunHarness> RunAsync(object? input = null, string? trigger = null)
    {
        await StartAsync(input, trigger);
        await DriveAsync();
        return this;
    }

    public async Task StartAsync(object? input = null, string? trigger = null)
    {
        var values = input is null ? [] : JObject.FromObject(input);
        _seed = new RunSeed(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), "t1", values.Properties().ToDictionary(p => p.Name, p => p.Value), null, trigger);
        Keep(await _interpreter.StartAsync(Workflow, _seed, At(Now), default));
    }

    public async Task DriveAsync()
    {
        while (State.Status == RunStatus.Suspended)
        {
            if (Unsent.TryDequeue(out var effect)) await TakeAsync(new Stimulus.EffectFinished(await SendAsync(effect)));
            else if (State.Bookmarks.Where(b => b.DueAt is not null).MinBy(b => b.DueAt) is { } timer)
            {
                if (timer.DueAt > Now) Now = timer.DueAt.Value;
                await TakeAsync(new Stimulus.BookmarkHit(timer.Id, JValue.CreateNull()));
            }
            else return;
        }
    }

    public async Task HitAsync(object? payload = null, string? name = null)
    {
        var bookmark = State.Bookmarks.First(b => name is null || b.Name == name);
        await TakeAsync(new Stimulus.BookmarkHit(bookmark.Id, JsonText.From(payload)));
        await DriveAsync();
    }

    public async Task TakeAsync(Stimulus stimulus)
    {
        _taken.Add((stimulus, Now));
        Keep(await _interpreter.ResumeAsync(Workflow, State, stimulus, At(Now), default));
    }

    /// <summary>Takes the same stimuli with the recorded inputs, without JSON in between, and returns the states' texts.</summary>
    public async Task<List<string>> ReplayAsync(bool throughJson = false)
    {
        _inputs.IsReplay = true;
        var start = _taken.Count > 0 ? _taken[0].At : Now;
        var states = new List<string>();
        var step = await _interpreter.StartAsync(Workflow, _seed!, At(start: true), default);
        states.Add(Text(step.State));
        foreach (var (stimulus, at) in _taken)
        {
            step = await _interpreter.ResumeAsync(Workflow, throughJson ? Read(Text(step.State)) : step.State, stimulus, At(at), default);
            states.Add(Text(step.State));
        }
        _inputs.IsReplay = false;
        return states;
    }

    public static string Text(RunState state) => JsonConvert.SerializeObject(state, Json);

    private static RunState Read(string text) => JsonConvert.DeserializeObject<RunState>(text, Json)!;

    private DateTimeOffset _startedAt;

    private StepEnvironment At(bool start) => At(_startedAt);

    private StepEnvironment At(DateTimeOffset now)
    {
        if (_startedAt == default) _startedAt = now;
        var key = new MailboxKey(new AccountId(new Guid("0190a000-0000-7000-8000-000000000001")), new ConnectionId(Guid.Empty), EntityTypes.Deal, "42");
        return new StepEnvironment(key, now, TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow"), "ru", _inputs, new RootTable(Roots), _services);
    }

    private async Task<EffectOutcome> SendAsync(PlannedEffect effect)
    {
        if (effect.Request.Kind != "activity") return Answer(effect);
        var request = JObject.Parse(effect.Request.Request.ToString(Formatting.None));
        var value = await _services.GetRequiredService<IActivityInvoker>().InvokeAsync(Workflow, request, At(Now).Subject, _services, default);
        return new EffectOutcome(effect.Key, true, value, null, null);
    }

    private void Keep(RunStep step)
    {
        LastStep = step;
        var text = Text(step.State);
        Snapshots.Add(text);
        State = Read(text);
        Facts.AddRange(RunFacts.Of(JObject.Parse(JsonLine.Write(step.Facts, static (json, facts) =>
        {
            json.WriteStartObject();
            json.WritePropertyName("facts");
            json.WriteStartArray();
            foreach (var fact in facts) fact.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }))));
        Effects.AddRange(step.Effects);
        Published.AddRange(step.Published);
        foreach (var effect in step.Effects) Unsent.Enqueue(effect);
        var wanted = Unsent.Where(effect => !step.CancelledEffects.Contains(effect.Key)).ToList();
        Unsent.Clear();
        foreach (var effect in wanted) Unsent.Enqueue(effect);
    }

    private sealed class RootTable(Dictionary<string, JToken> roots) : IRootSource
    {
        public IReadOnlyCollection<string> Roots => roots.Keys;

        public ValueTask<JToken> ReadAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult(roots[root]);
    }
}

internal sealed class RecordedInputs : IStepInputs
{
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);

    public bool IsReplay { get; set; }
    public IEnumerable<string> Keys => _answers.Keys;

    public async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read, CancellationToken cancellationToken)
    {
        if (!_answers.TryGetValue(key, out var answer))
        {
            if (IsReplay) throw new InvalidOperationException($"Replay reads {key}, which the run did not.");
            _answers[key] = answer = (await read(cancellationToken)).ToString(Formatting.None);
        }
        return JsonText.Parse(answer);
    }
}
