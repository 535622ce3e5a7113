using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Tools;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Flows;
using Automation.Engine.Matching;
using Automation.Engine.Ports;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class FlowWordsTests
{
    private static readonly ActivityRegistry Activities = new ActivityRegistry().RegisterAssembly(typeof(Automation.Activities.Flow.Flowchart).Assembly).RegisterAssembly(typeof(Automation.Activities.Crm.Sms.SendSms).Assembly);

    private static readonly CrmDirectory Directory = new("1", "Shop", "Europe/Moscow", [new("10", "Продажи", true, [new("10", "20", "Встреча", null, 1, "ordinary")])], [], [], []);

    [Theory]
    [InlineData(false, "SMS → ждать 1 рабочий день → задача → сменить этап «Встреча»")]
    [InlineData(true, "SMS → wait 1 working day → task → change the stage «Встреча»")]
    public void Chain_IsSaidStepByStep(bool english, string words) =>
        Assert.Equal(words, Line(english, Step("Crm.SendSms"), Step("Automation.Wait", ("duration", "1wd")), Step("Crm.CreateTask"), Step("Crm.ChangeStage", ("stageId", "20"))));

    [Fact]
    public void Branches_AreSaidInside()
    {
        var choice = Step(FlowKinds.Decision, ("condition", "[deal.price] > 10")) with { Ways = [new("True", [Step("Crm.SendSms") with { Ways = [new("Done", []), new("No phone", [Step("Crm.CreateTask")], true)] }]), new("False", [Step("Crm.SendEmail")])] };
        choice.Activity["condition"]!["expression"]!["type"] = "NCalc";
        Assert.Equal("если бюджет > 10: SMS (нет телефона: задача); иначе: письмо → назначить менеджера", Line(false, choice, Step("Crm.AssignManager")));
    }

    [Fact]
    public void Workflow_ThatIsNoList_IsSaidByItsActivities() =>
        Assert.Equal("отправить SMS", new FlowWords(Activities, null, english: false).Line(JObject.Parse("""{ "root": { "id": "s", "type": "Elsa.Sequence", "activities": [ { "id": "a", "type": "Crm.SendSms" } ] } }""")));

    [Theory]
    [InlineData("price", "изменилось поле «бюджет»")]
    [InlineData("Дата визита", "изменилось поле «Дата визита»")]
    public void Trigger_OnAField_NamesItAsPeopleDo(string field, string words)
    {
        var document = FunnelJson.Read(Crm.Funnel("crm"));
        var trigger = document.Triggers[0] with { When = document.Triggers[0].When with { Event = TriggerEvents.FieldChanged, Field = field, Stages = [] } };
        Assert.Equal(words, new TriggerWords(Activities).View("f", trigger, document, null, null, english: false).When);
    }

    [Fact]
    public void Line_OfTheJournal_NamesWhatTheConditionSaw()
    {
        var verdict = JObject.Parse("""{ "outcome": "fired", "reason": "fired", "seen": [ { "path": "deal.price", "value": 250000 }, { "path": "[deal.price] >= 30000", "value": true }, { "path": "deal.unheard", "value": 1 } ] }""");
        Assert.EndsWith("[бюджет = 250000; бюджет ≥ 30000 = да; deal.unheard = 1]", new Automation.Engine.Api.Journal.EventWords(english: false, null, null).ReasonWithValues(verdict), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, """ "message": "'Город' is not known here.", "messageRu": "Имя «Город» здесь не известно." """, "в условии ошибка: Имя «Город» здесь не известно.")]
    [InlineData(true, """ "message": "'Город' is not known here.", "messageRu": "Имя «Город» здесь не известно." """, "its condition has a mistake: 'Город' is not known here.")]
    [InlineData(false, """ "message": "'Город' is not known here." """, "в условии ошибка: 'Город' is not known here.")]
    public void Verdict_OfABrokenCondition_IsSaidInTheReadersLanguage(bool english, string messages, string words) =>
        Assert.Equal(words, new Automation.Engine.Api.Journal.EventWords(english, null, null).Reason(JObject.Parse($$"""{ "outcome": "no", "reason": "expression_invalid", {{messages}} }""")));

    [Fact]
    public void Codes_OfExpressions_AreNeverShownToPeople()
    {
        var codes = typeof(ExpressionCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(codes);
        Assert.All(codes, code =>
        {
            Assert.All(["ru", "en"], language => Assert.NotNull(VerdictTexts.Find(code, language)));
            Assert.Equal("Слово", ExpressionWords.Of(new(code, "Word", Ru: "Слово"), english: false).Split(": ")[1]);
            Assert.DoesNotContain(code, ExpressionWords.Of(new(code, "Word"), english: true), StringComparison.Ordinal);
        });
        Assert.Equal("условие не удалось проверить", VerdictTexts.Of("crm_denied", "ru"));
    }

    private static string Line(bool english, params FlowStep[] steps) =>
        new FlowWords(Activities, Directory, english).Line(FlowListWriter.Write(FlowListWriter.NewDocument("Any"), new(steps)));

    private static int last;

    private static FlowStep Step(string type, params (string Name, string Value)[] inputs)
    {
        var step = FlowEdits.New($"s{Interlocked.Increment(ref last)}", type, 1, new FlowWay("Done", []));
        foreach (var (name, value) in inputs) step.Activity[name] = new JObject { ["typeName"] = "String", ["expression"] = new JObject { ["type"] = "Literal", ["value"] = value } };
        return step;
    }
}
