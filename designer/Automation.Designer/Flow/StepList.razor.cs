using Automation.Designer.Session;
using Automation.Engine.Api.Activities;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Flows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Flow;

/// <summary>The steps of a trigger, edited. Each change gives the whole trigger with its new workflow.</summary>
public sealed partial class StepList
{
    private readonly CancellationTokenSource closing = new();
    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, ActivityView> activities = new Dictionary<string, ActivityView>(StringComparer.Ordinal);
    private FlowReading reading = new(FlowList.Empty, null, []);
    private StepScene? scene;
    private Task? listing;
    private JObject? shown;
    private ElementReference element;
    private DotNetObjectReference<StepList>? self;
    private IJSObjectReference? script, attached;
    private string? listedFor, focus, jumped, toFocus, said, trouble;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ActivityList Activities { get; set; } = null!;

    [Inject]
    private ActivityRegistry Registry { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Parameter, EditorRequired]
    public FunnelTrigger Trigger { get; set; } = null!;

    /// <summary>The trigger with the workflow as it becomes. What the parent gives back takes its place.</summary>
    [Parameter]
    public EventCallback<FunnelTrigger> OnChanged { get; set; }

    [Parameter]
    public CrmDirectory? Directory { get; set; }

    /// <summary>Name of the CRM connection whose stages, users and fields are offered.</summary>
    [Parameter]
    public string? Connection { get; set; }

    /// <summary>The deal on which texts are shown; null for none.</summary>
    [Parameter]
    public string? Deal { get; set; }

    [Parameter]
    public bool Editable { get; set; }

    /// <summary>Where a jump leads: <c>then/{step}/{input}</c>, <c>then/{step}</c>; anything else leads nowhere here.</summary>
    [Parameter]
    public string? Place { get; set; }

    [Parameter]
    public EventCallback OnDiagram { get; set; }

    /// <summary>A step was let go.</summary>
    /// <param name="parent">Empty for the list itself.</param>
    /// <param name="index">Steps that stand before it there, itself among them.</param>
    [JSInvokable]
    public Task Dropped(string step, string parent, string port, int index)
    {
        if (reading.List is not { } list || !Editable) return Task.CompletedTask;
        // What marks the beginning is not shown, and counts.
        var hidden = parent.Length == 0 && list.Steps is [{ Kind: FlowKind.Start }, ..] ? 1 : 0;
        return ApplyAsync(FlowEdits.Move(list, step, new(parent.Length == 0 ? null : parent, parent.Length == 0 ? null : port, index + hidden)), $"step-{step}");
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        closing.Dispose();
        try
        {
            if (attached is not null) await attached.InvokeVoidAsync("detach");
            if (attached is not null) await attached.DisposeAsync();
            if (script is not null) await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its script with it.
        }

        self?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        await ListAsync();
        // What this list wrote itself comes back as it was written: it need not be read again, and is not folded up another way.
        if (scene is null || !JToken.DeepEquals(shown, Trigger.Then)) Read(Trigger.Then);
        if (Place != jumped)
        {
            jumped = Place;
            Jump(Place);
        }

        Draw();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (scene is null) return;
        try
        {
            if (attached is null && Editable)
            {
                self ??= DotNetObjectReference.Create(this);
                script ??= await Browser.InvokeAsync<IJSObjectReference>("import", closing.Token, "/designer/steps.js");
                attached = await script.InvokeAsync<IJSObjectReference>("attach", closing.Token, element, self);
            }

            if (toFocus is { } target)
            {
                toFocus = null;
                script ??= await Browser.InvokeAsync<IJSObjectReference>("import", closing.Token, "/designer/steps.js");
                await script.InvokeVoidAsync("focus", closing.Token, element, target);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException or ObjectDisposedException)
        {
            // Closed meanwhile.
        }
    }

    // Asked for once; whoever comes while it is on its way waits for the same answer.
    private Task ListAsync()
    {
        if (listing is null || listedFor != (Connection ?? "")) (listedFor, listing) = (Connection ?? "", LoadAsync());
        return listing;
    }

    private async Task LoadAsync()
    {
        try
        {
            (activities, trouble) = (await Activities.GetAsync(Connection ?? ""), null);
        }
        catch (ApiException e)
        {
            (activities, trouble) = (new Dictionary<string, ActivityView>(StringComparer.Ordinal), e.Message);
        }
    }

    private void Read(JObject? workflow) => (reading, shown, said) = (FlowListReader.Read(workflow, ExitOf), workflow, null);

    private string ExitOf(string type) => activities.GetValueOrDefault(type)?.Outcomes is { Count: > 0 } outcomes && !outcomes.Contains(FlowKinds.Done) ? outcomes[0] : FlowKinds.Done;

    private void Jump(string? place)
    {
        if (place?.Split('/', 3) is not ["then", { Length: > 0 } step, ..] parts || reading.List?.Find(step) is null) return;
        open.Add(step);
        (focus, toFocus) = parts.Length > 2 ? ($"{step}/{parts[2]}", InputField.IdOf(step, parts[2])) : (null, $"step-{step}");
    }

    private void Draw() => scene = new(activities, new(Registry, Directory, W.English), Directory, Connection, Deal, Editable, open, AskAsync);

    private Task AskAsync(StepRequest request)
    {
        said = null;
        return (request, reading.List) switch
        {
            (StepRequest.Toggle toggle, _) => ToggleAsync(toggle.Step),
            (_, null) => Task.CompletedTask,
            _ when !Editable => Task.CompletedTask,
            (StepRequest.Change change, { } list) => ApplyAsync(FlowEdits.Replace(list, change.Step, change.How), null),
            (StepRequest.Remove remove, { } list) => ApplyAsync(FlowEdits.Remove(list, remove.Step), Neighbour(list, remove.Step)),
            (StepRequest.Duplicate copy, { } list) => ApplyAsync(FlowEdits.Duplicate(list, copy.Step, FlowEdits.NewIds(shown, list)), null),
            (StepRequest.Shift shift, { } list) => ShiftAsync(list, shift.Step, shift.By),
            (StepRequest.Nest nest, { } list) => MoveAsync(list, nest.Step, FlowEdits.PlaceOf(list, nest.Step) is { Index: > 0 } place && Before(list, place) is { Ways.Count: > 0 } before && before.Kind is FlowKind.Choice or FlowKind.Parallel ? new(before.Id, before.Ways[0].Port, before.Ways[0].Steps.Count) : null),
            (StepRequest.Unnest unnest, { } list) => MoveAsync(list, unnest.Step, FlowEdits.PlaceOf(list, unnest.Step) is { Parent: { } parent } ? Behind(list, parent) : null),
            (StepRequest.Add add, { } list) => AddAsync(list, add.CanEnd, step => FlowEdits.Insert(list, add.Place, step)),
            (StepRequest.AddWay way, { } list) => AddAsync(list, true, step => FlowEdits.Replace(list, way.Step, one => one with { Ways = [.. one.Ways, new FlowWay(way.Port, [step])] })),
            (StepRequest.Diagram, _) => OnDiagram.InvokeAsync(),
            _ => Task.CompletedTask,
        };
    }

    private Task ToggleAsync(string step)
    {
        if (!open.Remove(step)) open.Add(step);
        StateHasChanged();
        return Task.CompletedTask;
    }

    // Up from the top of a way, or down from its end, leads out of it.
    private Task ShiftAsync(FlowList list, string step, int by)
    {
        if (FlowEdits.PlaceOf(list, step) is not { } place) return Task.CompletedTask;
        if (by < 0) return MoveAsync(list, step, place.Index > 0 ? place with { Index = place.Index - 1 } : place.Parent is { } above ? FlowEdits.PlaceOf(list, above) : null);
        return MoveAsync(list, step, place.Index + 1 < Chain(list, place).Count ? place with { Index = place.Index + 2 } : place.Parent is { } parent ? Behind(list, parent) : null);
    }

    private Task MoveAsync(FlowList list, string step, FlowPlace? place) => place is null ? Task.CompletedTask : ApplyAsync(FlowEdits.Move(list, step, place), $"step-{step}");

    private static IReadOnlyList<FlowStep> Chain(FlowList list, FlowPlace place) => place.Parent is null ? list.Steps : list.Find(place.Parent)!.Ways.First(way => way.Port == place.Port).Steps;

    private static FlowStep Before(FlowList list, FlowPlace place) => Chain(list, place)[place.Index - 1];

    private static FlowPlace? Behind(FlowList list, string step) => FlowEdits.PlaceOf(list, step) is { } place ? place with { Index = place.Index + 1 } : null;

    // Where the focus goes when a step goes.
    private static string? Neighbour(FlowList list, string step)
    {
        var gone = list.Find(step)?.WithInner.Select(inner => inner.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        var all = list.All.ToList();
        var at = all.FindIndex(one => one.Id == step);
        return (all.Skip(at).FirstOrDefault(one => !gone.Contains(one.Id)) ?? (at > 0 ? all[at - 1] : null)) is { } next ? $"step-{next.Id}" : null;
    }

    private async Task AddAsync(FlowList list, bool canEnd, Func<FlowStep, FlowList?> put)
    {
        var parameters = new DialogParameters<AddStepDialog> { { one => one.Activities, [.. activities.Values] }, { one => one.CanEnd, canEnd } };
        var dialog = await Dialogs.ShowAsync<AddStepDialog>(W["steps.addTitle"], parameters, new() { MaxWidth = MaxWidth.Large, FullWidth = true, CloseButton = true });
        if (await dialog.Result is not { Canceled: false, Data: ActivityView chosen }) return;
        var ids = FlowEdits.NewIds(shown, list);
        var step = Made(chosen, ids);
        open.Add(step.Id);
        var first = chosen.Inputs.FirstOrDefault(input => input.Required) ?? (chosen.Inputs.Count > 0 ? chosen.Inputs[0] : null);
        await ApplyAsync(put(step), step.Kind is FlowKind.Parallel or FlowKind.End || first is null ? $"step-{step.Id}" : InputField.IdOf(step.Id, first.Name));
    }

    // What must be filled in and has a default begins with it, so that it is seen.
    private FlowStep Made(ActivityView activity, Func<string> ids) =>
        activity.Inputs.Where(input => input is { Required: true, Wrapped: true, Default: not null }).Aggregate(Bare(activity, ids), (step, input) => step.WithInput(input.Name, new InputValue(input.DefaultSyntax, input.Default).Write(input, null)));

    private FlowStep Bare(ActivityView activity, Func<string> ids) => FlowKinds.Of(activity.Type) switch
    {
        FlowKind.Parallel => FlowEdits.NewParallel(ids, ["1", "2"]),
        FlowKind.Choice => FlowEdits.New(ids(), activity.Type, activity.Version, [.. FlowKinds.WaysOf(activity.Type).Select(port => new FlowWay(port, []))]),
        FlowKind.End => FlowEdits.New(ids(), activity.Type, activity.Version),
        _ => FlowEdits.New(ids(), activity.Type, activity.Version, new FlowWay(ExitOf(activity.Type), [])),
    };

    /// <param name="target">Id of the element that gets the focus; null leaves it.</param>
    private async Task ApplyAsync(FlowList? list, string? target)
    {
        if (list is null)
        {
            said = W["steps.impossible"];
            StateHasChanged();
            return;
        }

        var written = FlowListWriter.Write(shown ?? FlowListWriter.NewDocument(Trigger.Name), list);
        (shown, reading, toFocus) = (written, new(list, null, []), target);
        open.IntersectWith(list.All.Select(step => step.Id));
        Draw();
        StateHasChanged();
        await OnChanged.InvokeAsync(Trigger with { Then = (JObject)written.DeepClone() });
    }
}
