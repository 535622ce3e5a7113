using System.Net;
using System.Text;
using Automation.Activities.Crm.Sms;
using Automation.Activities.Flow;
using Automation.Designer.Flow;
using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Tools;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Automation.Engine.Texts;
using Automation.Engine.Workflows.Interpreter;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Flow;

/// <summary>A list of steps on a page of its own, over the real activities and an API that answers as the server does.</summary>
internal sealed class FlowBench : IAsyncDisposable
{
    public static readonly CrmDirectory Directory = new(
        "1", "Shop", "Europe/Moscow", [new("10", "Продажи", true, [new("10", "20", "Встреча", null, 1, "ordinary"), new("10", "30", "Договор", null, 2, "ordinary")]), new("11", "Внедрение", false, [new("11", "40", "Старт", null, 1, "ordinary")])],
        [new("deal", "77", "Город", "text", null, new Dictionary<string, string>()), new("deal", "78", "Дата визита", "date", null, new Dictionary<string, string>())], [new("5", "Анна", null, true)], []);

    public static readonly ActivityRegistry Registry = new ActivityRegistry().RegisterAssembly(typeof(Flowchart).Assembly).RegisterAssembly(typeof(SendSms).Assembly);

    private readonly BunitContext page = new();
    private readonly List<FunnelTrigger> changes = [];
    private IRenderedComponent<StepList>? list;
    private TaskCompletionSource held = new();

    public FlowBench()
    {
        held.SetResult();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.JSInterop.SetupModule("/designer/steps.js").Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddSingleton(Registry);
        page.Services.AddSingleton<TimeProvider>(Clock);
        page.Services.AddSingleton<ScreenWords>();
        page.Services.AddSingleton<ActivityList>();
        page.Services.AddSingleton(new ApiClient(new HttpClient(new Server(this)) { BaseAddress = new("http://localhost/") }, new UserSession()));
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Texts that were tried.</summary>
    public List<TryTextRequest> Tried { get; } = [];

    public FunnelTrigger Last => changes[^1];

    public int Changes => changes.Count;

    public IRenderedComponent<StepList> List => list!;

    public BunitJSModuleInterop Script => (BunitJSModuleInterop)page.JSInterop.SetupModule("/designer/steps.js");

    public IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = null!;

    public static IReadOnlyList<ActivityView> Activities { get; } = [.. Registry.Descriptors.GroupBy(one => one.TypeName).Select(versions => new ActivityForms(english: false, new(english: false, [new("crm", Directory)])).Of(versions.Last()))];

    /// <summary>Shows a workflow. What the list changes is kept, and given back to it.</summary>
    public FlowBench Show(JObject? then, bool editable = true, string? deal = null, string? place = null)
    {
        page.Render<MudPopoverProvider>();
        Dialogs = page.Render<MudDialogProvider>();
        list = page.Render<StepList>(parameters => parameters
            .Add(one => one.Trigger, new FunnelTrigger { Id = "t", Name = "SMS", When = new() { Event = TriggerEvents.EnteredStage }, Then = then })
            .Add(one => one.Directory, Directory).Add(one => one.Connection, "crm").Add(one => one.Deal, deal).Add(one => one.Editable, editable).Add(one => one.Place, place)
            .Add(one => one.OnChanged, Take));
        return this;
    }

    /// <summary>The API answers no more until <see cref="LetGo"/>.</summary>
    public void Hold() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => held.SetResult();

    public AngleSharp.Dom.IElement At(string testId) => List.Find($"[data-testid='{testId}']");

    public bool Has(string testId) => List.FindAll($"[data-testid='{testId}']").Count > 0;

    public ValueTask DisposeAsync() => page.DisposeAsync();

    private void Take(FunnelTrigger changed)
    {
        changes.Add(changed);
        List.Render(parameters => parameters.Add(one => one.Trigger, FunnelJson.ReadTrigger(FunnelJson.ToJson(changed))));
    }

    private sealed class Server(FlowBench bench) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await bench.held.Task;
            object answer = new PageView<ActivityView>(Activities, null);
            if (request.RequestUri!.AbsolutePath == "/api/message-templates/visit") answer = new MessageTemplate("visit", "Визит", "Ждём вас, {{ contact.name }}", null, MessageMark.Advertising, default, null);
            if (request.RequestUri.AbsolutePath == "/api/try/text")
            {
                var tried = ApiJson.Read<TryTextRequest>(await request.Content!.ReadAsStringAsync(cancellationToken));
                bench.Tried.Add(tried);
                answer = tried.Text!.Contains("{{ oops", StringComparison.Ordinal)
                    ? new TryTextAnswer(null, "Здесь ошибка", 1, [], null)
                    : new TryTextAnswer(tried.Entity is null ? null : tried.Text.Replace("{{ contact.name }}", "Анна", StringComparison.Ordinal), null, null, [], tried.Sms ? SmsParts.Of(tried.Text) : null);
            }

            return new(HttpStatusCode.OK) { Content = new StringContent(ApiJson.Write(answer), Encoding.UTF8, "application/json") };
        }
    }
}
