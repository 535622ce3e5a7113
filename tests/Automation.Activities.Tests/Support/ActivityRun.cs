using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Expressions;

namespace Automation.Activities.Tests.Support;

/// <summary>
/// Drives one activity as the interpreter and the host do: a step, its commit, its effects in order, their callbacks. The state
/// between steps passes through JSON text.
/// </summary>
internal sealed class ActivityRun(World world, IActivity activity, MailboxKey subject, int number = 1) : IExpressionScope
{
    private readonly Queue<(string Key, EffectRequest Request, string Callback)> pending = new();
    private string properties = "{}";
    private int planned;

    public World World { get; } = world;
    public MailboxKey Subject { get; } = subject;
    public RunInfo Info { get; } = new() { Id = new Guid(number, 0, 0, new byte[8]), DefinitionId = "d", DefinitionVersionId = "v", DefinitionVersion = 1, TriggerId = "t" };
    public Dictionary<string, JToken> Journal { get; } = [];
    public Dictionary<string, string> Reads { get; } = [];
    public Dictionary<Output, JToken> Outputs { get; } = [];
    public JToken? Result { get; set; }
    public string? Outcome { get; private set; }
    public CreateBookmarkArgs? Waiting { get; private set; }
    public List<EffectRequest> Sent { get; } = [];
    public int PendingEffects => pending.Count;

    /// <summary>To the end, or to a bookmark.</summary>
    public async Task<ActivityRun> RunAsync()
    {
        await StartAsync();
        while (await SendNextAsync()) { }
        return this;
    }

    public Task StartAsync() => StepAsync(context => activity.ExecuteAsync(context));

    /// <summary>Sends the oldest planned effect and gives its outcome to the activity.</summary>
    public async Task<bool> SendNextAsync()
    {
        if (!pending.TryDequeue(out var next)) return false;
        var result = await World.SendAsync(next.Key, next.Request, Subject);
        Sent.Add(next.Request);
        var outcome = result switch
        {
            Delivered delivered => new EffectOutcome(next.Key, true, Json.Copy(delivered.Value), null, null),
            Rejected rejected => new(next.Key, false, JValue.CreateNull(), rejected.Code, rejected.Message),
            _ => new(next.Key, false, JValue.CreateNull(), "retries_exhausted", result.ToString()),
        };
        await StepAsync(context => Callback<EffectCallback>(next.Callback)(context, outcome));
        return true;
    }

    /// <summary>Hits the bookmark it waits at, then runs on.</summary>
    public async Task<ActivityRun> ResumeAsync()
    {
        var waiting = Waiting ?? throw new InvalidOperationException("It does not wait.");
        Waiting = null;
        await StepAsync(context => Callback<ExecuteActivityDelegate>(waiting.Callback!.Method.Name)(context));
        while (await SendNextAsync()) { }
        return this;
    }

    public static MethodInfo? FindMethod(IActivity activity, string name) =>
        activity.GetType().GetMethod(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private T Callback<T>(string name) where T : Delegate => FindMethod(activity, name)!.CreateDelegate<T>(activity);

    private async Task StepAsync(Func<StepContext, ValueTask> step)
    {
        var context = new StepContext(this, activity, ((JObject)Json.Parse(properties)).Properties().ToDictionary(item => item.Name, item => item.Value));
        await step(context);
        Commit(context);
    }

    private void Commit(StepContext context)
    {
        properties = new JObject(context.Properties.Select(item => new JProperty(item.Key, item.Value))).ToString(Newtonsoft.Json.Formatting.None);
        foreach (var (request, callback) in context.Effects)
        {
            var name = $"{Info.Id}|{context.Id}|{planned++}";
            pending.Enqueue((Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), request, callback));
        }
        World.Assignments.AddRange(context.Assignments);
        foreach (var link in context.Links) World.Links.Record(link);
        if (context.Waiting is { } waiting) Waiting = waiting;
        if (!context.IsCompleted)
        {
            Assert.True(pending.Count > 0 || Waiting is not null, "It neither ended nor waits.");
            return;
        }
        Assert.Empty(pending);
        Outcome = string.Join(",", context.Outcomes);
    }

    IReadOnlyCollection<string> IExpressionScope.Roots => ["deal", "contact", "company", "event"];
    DateTimeOffset IExpressionScope.Now => World.Now;
    TimeZoneInfo IExpressionScope.TimeZone => World.Zone;
    string IExpressionScope.Language => World.Language;

    ValueTask<JToken> IExpressionScope.ReadRootAsync(string root, CancellationToken cancellationToken)
    {
        if (World.Roots.TryGetValue(root, out var value)) return ValueTask.FromResult<JToken>(value);
        if (Subject.EntityType != EntityTypes.Deal) return ValueTask.FromResult<JToken>(JValue.CreateNull());
        var deal = World.Crm.Find(EntityTypes.Deal, Subject.EntityId);
        JObject? found = root switch
        {
            "deal" => deal,
            "contact" => World.Crm.Find(EntityTypes.Contact, (string?)deal?["contact_id"]),
            "company" => World.Crm.Find(EntityTypes.Company, (string?)deal?["company_id"]),
            _ => null,
        };
        return ValueTask.FromResult(found?.DeepClone() ?? JValue.CreateNull());
    }
}
