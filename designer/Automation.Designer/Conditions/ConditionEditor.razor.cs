using System.Net;
using Automation.Designer.Session;
using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Automation.Designer.Conditions;

public sealed partial class ConditionEditor
{
    private const string DefaultId = "condition";
    private const string Builder = "builder";
    private const string Formula = "formula";
    private const string Script = "script";

    private static readonly string[] Ways = [Builder, Formula, Script];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource closing = new();
    private readonly List<Condition?> sent = [];
    private readonly Dictionary<string, ElementReference> tabs = new(StringComparer.Ordinal) { [Builder] = default, [Formula] = default, [Script] = default };
    private ElementReference yes;
    private CancellationTokenSource? waiting;
    private ConditionGroup tree = ConditionGroup.Empty;
    private IReadOnlyDictionary<string, TriedPart> tried = new Dictionary<string, TriedPart>();
    private TryConditionAnswer? answer;
    private Condition? known;
    private string way = Builder, text = "";
    private string? wanted, hint, error, lookedAt, focus;
    private bool lacks, loaded;

    [Inject] private ApiClient Api { get; set; } = null!;

    [Inject] private TimeProvider Clock { get; set; } = null!;

    /// <summary>Before the ids of what is shown: a page may have several.</summary>
    [Parameter] public string Id { get; set; } = DefaultId;

    /// <summary>It is asked in the middle of a workflow, not before one.</summary>
    [Parameter] public bool OfStep { get; set; }

    /// <summary>Null: always.</summary>
    [Parameter] public Condition? Value { get; set; }

    [Parameter] public EventCallback<Condition?> ValueChanged { get; set; }

    /// <summary>Null while the CRM was never read.</summary>
    [Parameter] public CrmDirectory? Directory { get; set; }

    /// <summary>Id or name; null for the account's only CRM.</summary>
    [Parameter] public string? Connection { get; set; }

    /// <summary>The deal whose values stand beside the parts; null for none.</summary>
    [Parameter] public string? Deal { get; set; }

    [Parameter] public bool Editable { get; set; }

    private ConditionFields Fields => ConditionFields.Of(Directory, W.English);

    private int Rows => Math.Clamp(text.Count(letter => letter == '\n') + (text.Length / 60) + 2, 4, 18);

    private string Sentence
    {
        get
        {
            var rest = ConditionEdits.Without(tree, ConditionEdits.IsNew).Tree;
            return rest.Items.Count == 0 ? W[Words("always")] : W[Words("when"), new ConditionWords(Fields, W.English).Of(rest)];
        }
    }

    private string Words(string key) => OfStep ? $"condition.step.{key}" : $"condition.{key}";

    public void Dispose()
    {
        closing.Cancel();
        closing.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var mine = sent.LastIndexOf(Value);
        if (mine >= 0) sent.RemoveRange(0, mine + 1);
        else if (!loaded || Value != known) Load();
        (known, loaded) = (Value, true);
        var now = $"{Deal}\n{Connection}";
        if (now == lookedAt && mine >= 0) return;
        lookedAt = now;
        await LookAsync(atOnce: true);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus is not { } name) return;
        focus = null;
        await (name == "yes" ? yes : tabs[name]).FocusAsync();
    }

    private void Load()
    {
        (wanted, hint, error, lacks, text) = (null, null, null, false, Value?.Text ?? "");
        if (Value is null && way != Builder && loaded && text.Length == 0) way = Builder;
        tree = ConditionGroup.Empty;
        if (Value is null)
        {
            way = Builder;
        }
        else if (Value.Language != ExpressionTypes.NCalc)
        {
            way = Script;
        }
        else if (ConditionReader.Read(Value.Text) is var reading && reading.Tree is { } read)
        {
            tree = read;
            if (way == Script || !loaded) way = Builder;
        }
        else
        {
            (way, hint, error) = (Formula, Why(reading), reading.Error is { } wrong ? Engine.Api.Tools.ExpressionWords.Of(wrong, W.English) : null);
        }
    }

    private string? Why(ConditionReading reading) => reading.Part is { } part ? W["condition.onlyText", part.Length > 80 ? part[..80] + "…" : part] : null;

    // Without an edit, only another view of the same.
    private bool CanShow(string other) => way != Script && other != Script && (other == Formula || ConditionReader.Read(text).Tree is not null);

    private async Task TurnAsync(string other)
    {
        (hint, wanted) = (null, null);
        if (other == way) return;
        if (way == Script || other == Script)
        {
            if (!Editable) return;
            // An empty script holds nothing that could be lost.
            if (way == Script && string.IsNullOrWhiteSpace(text)) await GoAsync(other);
            else (wanted, focus) = (other, "yes");
        }
        else if (other == Formula)
        {
            var rest = ConditionEdits.Without(tree, ConditionEdits.IsNew).Tree;
            // A line that lacks something is no formula: what was saved last is.
            text = rest.Items.Count == 0 ? "" : ConditionOperators.IsComplete(rest) ? ConditionWriter.Write(rest) : Value?.Text ?? "";
            (way, lacks) = (Formula, false);
            await LookAsync(atOnce: true);
        }
        else if (string.IsNullOrWhiteSpace(text))
        {
            (tree, way, error) = (ConditionGroup.Empty, Builder, null);
            await LookAsync(atOnce: true);
        }
        else if (ConditionReader.Read(text) is var reading && reading.Tree is { } read)
        {
            (tree, way, error) = (read, Builder, null);
            await LookAsync(atOnce: true);
        }
        else
        {
            hint = Why(reading) ?? W["condition.mend"];
        }
    }

    private string Question(string other) => other == Script ? HasTree ? "condition.ask.convert" : "condition.ask.script" : "condition.ask.drop";

    private bool HasTree => way == Builder ? ConditionEdits.Without(tree, ConditionEdits.IsNew).Tree is { Items.Count: > 0 } rest && ConditionOperators.IsComplete(rest) : ConditionReader.Read(text).Tree is { Items.Count: > 0 };

    private async Task GoAsync(string other)
    {
        wanted = null;
        if (!Editable) return;
        if (other == Script)
        {
            var whole = way == Builder ? ConditionEdits.Without(tree, ConditionEdits.IsNew).Tree : ConditionReader.Read(text).Tree;
            text = whole is { Items.Count: > 0 } && ConditionOperators.IsComplete(whole) ? ConditionJavaScript.Write(whole) : "";
            (way, error, lacks, focus) = (Script, null, false, Script);
            if (text.Length > 0) await SendAsync(new(ExpressionTypes.JavaScript, text));
        }
        else
        {
            (way, text, tree, error, focus) = (other, "", ConditionGroup.Empty, null, other);
            await SendAsync(null);
        }

        await LookAsync(atOnce: true);
    }

    private Task TabKeyAsync(KeyboardEventArgs key)
    {
        var step = key.Key switch { "ArrowRight" => 1, "ArrowLeft" => -1, _ => 0 };
        if (step != 0) focus = Ways[(Array.IndexOf(Ways, way) + step + Ways.Length) % Ways.Length];
        return Task.CompletedTask;
    }

    private async Task ChangeAsync(ConditionGroup changed, bool save)
    {
        tree = changed;
        if (save) await SaveTreeAsync();
        await LookAsync(atOnce: save);
    }

    // A line that is not filled in yet never takes one that was saved away: nothing is saved until it is.
    private async Task SaveTreeAsync()
    {
        var rest = ConditionEdits.Without(tree, ConditionEdits.IsNew).Tree;
        (lacks, error) = (!ConditionOperators.IsComplete(rest), null);
        if (lacks) return;
        var condition = rest.Items.Count == 0 ? null : new Condition(ExpressionTypes.NCalc, ConditionWriter.Write(rest));
        if (condition is not null && ConditionReader.Read(condition.Text).Error is { } wrong) error = Engine.Api.Tools.ExpressionWords.Of(wrong, W.English);
        else await SendAsync(condition);
    }

    private Task TypeAsync(string? typed)
    {
        (text, hint) = (typed ?? "", null);
        return LookAsync(atOnce: false);
    }

    private Task SaveTextAsync(ChangeEventArgs args)
    {
        text = args.Value as string ?? "";
        return StoreTextAsync();
    }

    private Task StoreTextAsync() => SendAsync(string.IsNullOrWhiteSpace(text) ? null : new Condition(way == Script ? ExpressionTypes.JavaScript : ExpressionTypes.NCalc, text));

    private async Task InsertAsync(ConditionField field)
    {
        text = text.Length == 0 || char.IsWhiteSpace(text[^1]) || text[^1] == '(' ? $"{text}[{field.Path}]" : $"{text} [{field.Path}]";
        await StoreTextAsync();
        await LookAsync(atOnce: true);
    }

    private async Task SendAsync(Condition? condition)
    {
        if (!Editable || condition == (sent.Count > 0 ? sent[^1] : Value)) return;
        sent.Add(condition);
        await ValueChanged.InvokeAsync(condition);
        // One that was refused has not come back: the next like it is sent again.
        sent.Remove(condition);
    }

    private string? ValuesOf(TriedPart part) => part.Seen.Where(seen => seen.Value is not bool && Fields.Knows(seen.Path)).Select(seen => SeenWords.Of(seen.Value, Fields.At(seen.Path), W)).Distinct().Take(3).ToList() is { Count: > 0 } values ? string.Join(", ", values) : null;

    /// <summary>Asks what the condition is on the deal, as it stands on the screen.</summary>
    private async Task LookAsync(bool atOnce)
    {
        waiting?.Cancel();
        using var mine = waiting = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        try
        {
            if (!atOnce) await Task.Delay(Pause, Clock, mine.Token);
            await LookAsync(mine.Token);
        }
        catch (OperationCanceledException)
        {
            // Something newer is looked at, or nobody looks any more.
        }
        finally
        {
            if (waiting == mine) waiting = null;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var (rest, places) = ConditionEdits.Without(tree, line => !ConditionOperators.IsComplete(line));
        var asked = way != Builder ? text : Deal is { Length: > 0 } && rest.Items.Count > 0 ? ConditionWriter.Write(rest) : "";
        if (string.IsNullOrWhiteSpace(asked))
        {
            Take(null, places, way == Builder ? error : null);
            return;
        }

        try
        {
            var made = await Api.PostAsync<TryConditionAnswer>($"api/try/condition?lang={W.Language}", new TryConditionRequest(new(way == Script ? ExpressionTypes.JavaScript : ExpressionTypes.NCalc, asked), Connection, Deal, OfStep), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Take(made, places, made.Error);
        }
        catch (ApiException e)
        {
            Take(null, places, e.Status == HttpStatusCode.Forbidden ? null : e.Message);
        }
    }

    private void Take(TryConditionAnswer? made, IReadOnlyDictionary<string, string> places, string? wrong)
    {
        (answer, error) = (made, wrong);
        tried = way != Builder || made is null ? new Dictionary<string, TriedPart>() : made.Parts.Where(part => places.ContainsKey(part.Path)).ToDictionary(part => places[part.Path], part => part, StringComparer.Ordinal);
    }
}
