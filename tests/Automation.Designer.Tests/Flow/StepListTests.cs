using Automation.Designer.Flow;
using Automation.Engine.Funnels.Flows;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Flow;

public sealed class StepListTests : IAsyncDisposable
{
    private readonly FlowBench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public void Branches_AreShownUnderTheirNames()
    {
        bench.Show(Flow(new FlowStep(Activity("if", FlowKinds.Decision), [new("True", [Step("sms", "Crm.SendSms")]), new("False", [Step("task", "Crm.CreateTask")])]), Step("note", "Crm.AddNote")));
        Assert.Contains("То", bench.At("way-if-True").TextContent, StringComparison.Ordinal);
        Assert.Contains("SMS", bench.At("way-if-True").TextContent, StringComparison.Ordinal);
        Assert.Contains("Иначе", bench.At("way-if-False").TextContent, StringComparison.Ordinal);
        Assert.Contains("Задача", bench.At("way-if-False").TextContent, StringComparison.Ordinal);
        Assert.Equal("2", bench.At("open-note").QuerySelector(".number")!.TextContent);
        Assert.Equal("1.1", bench.At("open-sms").QuerySelector(".number")!.TextContent);
    }

    [Fact]
    public void Decision_HasItsConditionBuilt()
    {
        bench.Show(Flow(new FlowStep(Activity("if", FlowKinds.Decision), [new("True", [Step("sms", "Crm.SendSms")])])), place: "then/if/condition");
        bench.At("in-if-condition-add-line-root").Click();
        bench.At("in-if-condition-cf-0").Input("бюд");
        bench.At("in-if-condition-cf-0").KeyDown("Enter");
        bench.At("in-if-condition-cv-0-0").Change("5");
        Assert.Equal("""{"type":"NCalc","value":"[deal.price] > 5"}""", bench.Last.Then!.SelectToken("root.activities[0].condition.expression")!.ToString(Formatting.None));
        Assert.Contains("Если бюджет > 5", bench.At("open-if").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Workflow_ThatIsNoList_SaysWhy_AndCanOnlyBeSeen()
    {
        var loop = Flow(Step("a", "Crm.AddNote"), Step("b", "Crm.AddNote"));
        ((JArray)loop.SelectToken("root.connections")!).Add(JObject.Parse("""{ "source": { "activity": "b", "port": "Done" }, "target": { "activity": "a", "port": "In" } }"""));
        bench.Show(loop);
        Assert.Contains("Стрелка возвращает", bench.At("steps").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, bench.List.FindAll(".step").Count);
        Assert.False(bench.Has("add-step"));
    }

    [Fact]
    public void Text_LeftByTheCursor_IsSavedInItsSyntax_AndTheOtherStepStaysAsItWas()
    {
        var before = Flow(Step("sms", "Crm.SendSms"), Step("task", "Crm.CreateTask"));
        before.SelectToken("root.activities[1]")!["customProperties"] = new JObject { ["mine"] = 1 };
        bench.Show(before, place: "then/sms/text");
        bench.At("in-sms-text").Change("Здравствуйте, {{ contact.name }}!");

        var after = bench.Last.Then!;
        Assert.Equal("""{"typeName":"String","expression":{"type":"Liquid","value":"Здравствуйте, {{ contact.name }}!"}}""", after.SelectToken("root.activities[0].text")!.ToString(Formatting.None));
        Assert.Equal(before.SelectToken("root.activities[1]")!.ToString(Formatting.None), after.SelectToken("root.activities[1]")!.ToString(Formatting.None));
    }

    [Fact]
    public void EmptyRequiredInput_IsSaidAtTheField_UntilItIsFilledIn()
    {
        bench.Show(Flow(Step("task", "Crm.CreateTask")), place: "then/task/text");
        Assert.Contains("Заполните это поле", bench.At("form-task").TextContent, StringComparison.Ordinal);
        bench.At("in-task-text").Change("Позвонить");
        Assert.DoesNotContain("Заполните это поле", bench.At("form-task").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2,5", null, 2.5)]
    [InlineData("скоро", "Здесь нужно число", null)]
    public void Number_IsReadAsPeopleWriteIt_OrRefusedInWords(string typed, string? said, double? saved)
    {
        bench.Show(Flow(Step("task", "Crm.CreateTask")), place: "then/task");
        bench.At("in-task-dueInHours").Change(typed);
        if (said is not null) Assert.Contains(said, bench.At("form-task").TextContent, StringComparison.Ordinal);
        if (saved is null) Assert.Equal(0, bench.Changes);
        else Assert.Equal(saved, (double)bench.Last.Then!.SelectToken("root.activities[0].dueInHours.expression.value")!);
    }

    [Fact]
    public void Stages_AreThoseOfTheChosenPipeline()
    {
        bench.Show(Flow(Step("stage", "Crm.ChangeStage")), place: "then/stage");
        Assert.Equal(["Продажи", "Внедрение"], bench.At("in-stage-stageId").QuerySelectorAll("optgroup").Select(group => group.GetAttribute("label")!));
        bench.At("in-stage-pipelineId").Change("11");
        Assert.Equal(["40"], bench.At("in-stage-stageId").QuerySelectorAll("option").Select(option => option.GetAttribute("value")!).Where(value => value.Length > 0));
        bench.At("in-stage-stageId").Change("40");
        Assert.Equal("40", (string?)bench.Last.Then!.SelectToken("root.activities[0].stageId.expression.value"));
        Assert.Contains("«Старт»", bench.At("open-stage").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_IsANumberOfUnits()
    {
        bench.Show(Flow(Step("wait", "Automation.Wait")), place: "then/wait");
        bench.At("in-wait-duration").Change("3");
        bench.At("in-wait-duration-unit").Change("wh");
        Assert.Equal("3wh", (string?)bench.Last.Then!.SelectToken("root.activities[0].duration.expression.value"));
        Assert.Contains("Ждать 3 рабочих часа", bench.At("open-wait").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void WaitWithoutAnEnd_IsShownEmpty_AndMayBecomeSoAgain()
    {
        bench.Show(Flow(Step("w", FlowKinds.WaitForEvent)), place: "then/w");
        Assert.Equal("", bench.At("in-w-duration").GetAttribute("value"));
        bench.At("in-w-duration-unit").Change("h");
        Assert.Equal(0, bench.Changes);
        bench.At("in-w-duration").Change("2");
        Assert.Equal("2h", (string?)bench.Last.Then!.SelectToken("root.activities[0].duration.expression.value"));
        bench.At("in-w-duration").Change("");
        Assert.Null(bench.Last.Then!.SelectToken("root.activities[0].duration"));
    }

    [Fact]
    public void ListOfUsers_IsTicked()
    {
        bench.Show(Flow(Step("m", "Crm.AssignManager")), place: "then/m");
        bench.At("form-m").QuerySelector("#in-m-candidates input")!.Change(true);
        Assert.Equal("""["5"]""", (string?)bench.Last.Then!.SelectToken("root.activities[0].candidates.expression.value"));
    }

    [Fact]
    public void Syntax_Switched_KeepsTheText()
    {
        bench.Show(Flow(Step("task", "Crm.CreateTask")), place: "then/task");
        bench.At("in-task-text").Change("Позвонить");
        bench.At("in-task-text-syntax").Change("Literal");
        Assert.Equal(("Literal", "Позвонить"), ((string?)bench.Last.Then!.SelectToken("root.activities[0].text.expression.type"), (string?)bench.Last.Then!.SelectToken("root.activities[0].text.expression.value")));
    }

    [Fact]
    public async Task Text_TypedOn_ShowsWhatItBecomesOnTheDeal_AfterAPause()
    {
        bench.Show(Flow(Step("sms", "Crm.SendSms")), deal: "42", place: "then/sms/text");
        var typing = bench.At("in-sms-text").InputAsync("Привет, {{ contact.name }}");
        Assert.Empty(bench.Tried);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(301));
        await typing;
        bench.List.WaitForAssertion(() => Assert.Contains("Привет, Анна", bench.At("preview").TextContent, StringComparison.Ordinal));
        Assert.Equal(("42", "crm", true), (bench.Tried[0].Entity, bench.Tried[0].Connection, bench.Tried[0].Sms));
        Assert.Contains("1 SMS", bench.At("sms-parts").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_Chosen_ShowsItsTextOnTheDeal_AndNoTextIsAskedFor()
    {
        bench.Show(Flow(Step("sms", "Crm.SendSms")), deal: "42", place: "then/sms/text");
        Assert.NotEmpty(bench.List.FindAll("#in-sms-text-wrong"));
        bench.At("in-sms-template-syntax").Change("Literal");
        bench.At("in-sms-template").Change("visit");

        bench.List.WaitForAssertion(() => Assert.Equal("Ждём вас, {{ contact.name }}", bench.At("in-sms-template-text").GetAttribute("value")));
        Assert.True(bench.At("in-sms-template-text").HasAttribute("disabled"));
        bench.List.WaitForAssertion(() => Assert.Contains("Ждём вас, Анна", bench.At("preview").TextContent, StringComparison.Ordinal));
        Assert.Contains("1 SMS", bench.At("sms-parts").TextContent, StringComparison.Ordinal);
        Assert.Contains("Текст шаблона (рекламное)", bench.List.Find("label[for='in-sms-template-text']").TextContent, StringComparison.Ordinal);
        Assert.Empty(bench.List.FindAll("#in-sms-text-wrong"));
    }

    [Fact]
    public void FieldChip_Pressed_IsPutIntoTheTextAndSaved()
    {
        bench.Show(Flow(Step("sms", "Crm.SendSms")), place: "then/sms/text");
        bench.Script.Setup<string>("insert", call => call.Arguments[1] is "{{ contact.name }}").SetResult("{{ contact.name }}");
        bench.List.FindAll(".field-chips button").First(chip => chip.TextContent == "Имя контакта").Click();
        Assert.Equal("{{ contact.name }}", (string?)bench.Last.Then!.SelectToken("root.activities[0].text.expression.value"));
    }

    [Fact]
    public void AltArrows_MoveAStep_AndDeleteTakesItAway()
    {
        bench.Show(Flow(Step("a", "Crm.AddNote"), Step("b", "Crm.AddNote"), Step("c", "Crm.AddNote")));
        bench.At("open-a").KeyDown(new KeyboardEventArgs { AltKey = true, Code = "ArrowDown", Key = "ArrowDown" });
        Assert.Equal("b a c", Order());
        bench.At("open-c").KeyDown(new KeyboardEventArgs { AltKey = true, Code = "ArrowUp", Key = "ArrowUp" });
        Assert.Equal("b c a", Order());
        bench.At("open-c").KeyDown(new KeyboardEventArgs { Code = "Delete", Key = "Delete" });
        Assert.Equal("b a", Order());
    }

    [Fact]
    public void Arrows_LeadIntoABranchAndOutOfItAgain()
    {
        bench.Show(Flow(new FlowStep(Activity("if", FlowKinds.Decision), [new("True", [Step("in", "Crm.AddNote")]), new("False", [])]), Step("a", "Crm.AddNote")));
        Press("a", "ArrowRight");
        Assert.Equal(new FlowPlace("if", "True", 1), Place("a"));
        Press("a", "ArrowDown");
        Assert.Equal(FlowPlace.Top(1), Place("a"));
        Press("in", "ArrowUp");
        Assert.Equal(FlowPlace.Top(0), Place("in"));
        Press("a", "ArrowRight");
        Press("a", "ArrowLeft");
        Assert.Equal(FlowPlace.Top(2), Place("a"));

        void Press(string step, string key) => bench.At($"open-{step}").KeyDown(new KeyboardEventArgs { AltKey = true, Code = key, Key = key });
        FlowPlace? Place(string step) => FlowEdits.PlaceOf(FlowListReader.Read(bench.Last.Then).List!, step);
    }

    [Fact]
    public async Task Step_LetGoInABranch_GoesThere_AndOneThatWouldBlockTheRestDoesNot()
    {
        bench.Show(Flow(Step("a", "Crm.AddNote"), new FlowStep(Activity("if", FlowKinds.Decision), [new("True", []), new("False", [])]), new FlowStep(Activity("end", FlowKinds.End), [])));
        await bench.List.InvokeAsync(() => bench.List.Instance.Dropped("a", "if", "True", 0));
        Assert.Equal("if a end", Order());
        var changes = bench.Changes;
        await bench.List.InvokeAsync(() => bench.List.Instance.Dropped("end", "", "", 0));
        Assert.Equal(changes, bench.Changes);
        Assert.Contains("Так нельзя", bench.At("steps").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Branch_ThatEnds_KeepsItsPlaceInTheList()
    {
        bench.Show(Flow(new FlowStep(Activity("if", FlowKinds.Decision), [new("True", []), new("False", [])]), Step("a", "Crm.AddNote")));
        bench.At("ends-if-False").Click();
        Assert.Equal(["True"], bench.Last.Then!.SelectTokens("root.connections[?(@.source.activity == 'if')].source.port").Select(port => (string)port!));
        Assert.Equal("true", bench.At("ends-if-False").GetAttribute("aria-pressed"));
        Assert.Equal("2", bench.At("open-a").QuerySelector(".number")!.TextContent);
    }

    [Fact]
    public void Add_ASearchedAction_AppendsIt_AndOpensItsForm()
    {
        bench.Show(Flow(Step("a", "Crm.AddNote")));
        bench.At("add-step").Click();
        bench.Dialogs.WaitForElement("[data-testid='tile-Crm.SendSms']");
        bench.Dialogs.Find("input").Input("смс sms");
        Assert.Empty(bench.Dialogs.FindAll(".tile"));
        bench.Dialogs.Find("input").Input("отправить sms");
        bench.Dialogs.Find("[data-testid='tile-Crm.SendSms']").Click();
        bench.List.WaitForAssertion(() => Assert.Equal("a step1", Order()));
        Assert.True(bench.Has("form-step1"));
        Assert.Equal("a>step1", string.Join(' ', bench.Last.Then!.SelectTokens("root.connections[*]").Select(arrow => $"{arrow["source"]!["activity"]}>{arrow["target"]!["activity"]}")));
    }

    [Fact]
    public void List_RenderedAgainBeforeItsActionsAreThere_WaitsForThem()
    {
        bench.Hold();
        bench.Show(Flow(Step("a", "Crm.AddNote")));
        bench.List.Render(parameters => parameters.Add(one => one.Deal, "42"));
        Assert.False(bench.Has("add-step"));
        bench.LetGo();
        bench.List.WaitForAssertion(() => Assert.True(bench.Has("add-step")));
    }

    [Fact]
    public void Add_ToATriggerThatDoesNothingYet_MakesItsWorkflow()
    {
        bench.Show(null);
        bench.At("add-step").Click();
        bench.Dialogs.WaitForElement("[data-testid='tile-Elsa.FlowFork']").Click();
        bench.List.WaitForAssertion(() => Assert.True(bench.Has("way-step1-1") && bench.Has("way-step1-2")));
        Assert.Null(FlowListReader.Read(bench.Last.Then).Reason);
    }

    [Fact]
    public void Viewer_SeesEverything_AndCanChangeNothing()
    {
        bench.Show(Flow(Step("sms", "Crm.SendSms"), Step("b", "Crm.AddNote")), editable: false, place: "then/sms");
        Assert.All(bench.List.FindAll("input, select, textarea"), field => Assert.True(field.HasAttribute("disabled")));
        Assert.Empty(bench.List.FindAll("[data-grip], .add-step, .add-between, .step-tools, .field-chips, .exits"));
    }

    public static TheoryData<string> Listed() => [.. FlowBench.Activities.Where(activity => activity.Listed || FlowKinds.Of(activity.Type) == FlowKind.Choice).Select(activity => activity.Type)];

    [Theory, MemberData(nameof(Listed))]
    public void EveryListedAction_HasAFieldForEachOfItsInputs(string type)
    {
        bench.Show(Flow(Step("s", type)), place: "then/s");
        var view = FlowBench.Activities.Single(activity => activity.Type == type);
        Assert.All(view.Inputs, input => Assert.NotEqual("P", bench.List.Find($"#{InputField.IdOf("s", input.Name)}").TagName));
    }

    private string Order() => string.Join(' ', FlowListReader.Read(bench.Last.Then).List!.All.Select(step => step.Id));

    private static JObject Flow(params FlowStep[] steps) => FlowListWriter.Write(FlowListWriter.NewDocument("Any"), new(steps));

    private static JObject Activity(string id, string type) => new() { ["id"] = id, ["type"] = type, ["version"] = 1 };

    private static FlowStep Step(string id, string type) => FlowEdits.New(id, type, 1, FlowKinds.WaysOf(type) is { Count: > 0 } ways ? [.. ways.Select(port => new FlowWay(port, []))] : [new FlowWay(type == "Crm.AssignManager" ? "Assigned" : "Done", [])]);
}
