using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Scripts, formulas and texts of a card's steps that cannot be read are told before the card does anything.</summary>
public sealed class UnreadableStepTests
{
    [Theory]
    [InlineData("JavaScript", "var a = 1;\nreturn (", "(line 2): Syntax error", ", строка 2: ")]
    [InlineData("NCalc", "1 + ", "(line 1): ", ", строка 1: ")]
    [InlineData("Liquid", "{% if deal.name %}Ждём", ": ", ": ")]
    public async Task Input_ThatCannotBeRead_IsAnErrorAtItsPlace_AndIsNotPublished(string language, string text, string en, string ru)
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var broken = Of(Funnel.Activity("sms", "Crm.SendSms", ("text", language, text)));

        var finding = Assert.Single(await ErrorsAsync(host, broken));
        Assert.Equal((true, ExpressionCodes.Invalid, "card", "then/sms/text"), (finding.IsError, finding.Code, finding.Part, finding.Place));
        Assert.StartsWith("The step “Send SMS”: “Text” cannot be read", finding.Message.En, StringComparison.Ordinal);
        Assert.Contains(en, finding.Message.En, StringComparison.Ordinal);
        Assert.StartsWith("Шаг «Отправить SMS»: «Текст» не читается", finding.Message.Ru, StringComparison.Ordinal);
        Assert.Contains(ru, finding.Message.Ru, StringComparison.Ordinal);

        var refused = Assert.Single((await Assert.ThrowsAsync<FunnelInvalidException>(() => host.PublishAsync(broken))).Problems);
        Assert.Equal(("triggers[0].then.root.activities[0].text", finding.Message.Ru), (refused.Path, refused.Ru));
    }

    [Fact]
    public async Task Inputs_InBranchesAndSeveralAtOnce_AreAllFoundOnce()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var branch = Funnel.Activity("if", "Elsa.If", ("condition", "JavaScript", "deal.price >"));
        branch["then"] = Funnel.Flow(Funnel.Sms("{{ deal.name | ", "inner"))["root"];
        branch["else"] = Funnel.Sms("Сделка {{ deal.name }}", "fine");
        var each = Funnel.Activity("each", "Elsa.ForEach", ("items", "JavaScript", "[1, 2]"));
        each["body"] = Funnel.Activity("script", "Elsa.RunJavaScript", ("script", "Literal", "if ("));
        var choice = Funnel.Activity("choice", "Elsa.FlowSwitch");
        choice["cases"] = new JArray(new JObject { ["label"] = "A", ["condition"] = new JObject { ["type"] = "NCalc", ["value"] = "(1" } });
        var call = Funnel.Activity("call", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", "x"), ("input", "Object", """{"a":{"type":"JavaScript","value":"a b"},"b":{"type":"Liquid","value":"{{ deal.name }}"}}"""));
        var document = Of(branch, each, choice, call, Funnel.Activity("empty", "Crm.SendSms", ("text", "NCalc", "")));
        document = document with { Triggers = [.. document.Triggers, Funnel.Trigger("second", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms("{{ deal.name | ")), "[deal.price] >")] };

        var found = (await ErrorsAsync(host, document)).Select(one => $"{one.Part} {one.Place} {one.Code}").Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "card then/call/input expression_invalid", "card then/choice/cases expression_invalid", "card then/empty/text input_empty", "card then/if/condition expression_invalid",
                "card then/inner/text expression_invalid", "card then/script/script expression_invalid", "second if expression_invalid", "second then/sms/text expression_invalid",
            ], found);
    }

    [Fact]
    public async Task Input_OfAWorkflowThatIsAStep_IsReadToo()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var own = new JObject
        {
            ["name"] = "Greet",
            ["inputs"] = new JArray(new JObject { ["name"] = "Text", ["type"] = "String", ["displayName"] = "Приветствие" }),
            ["options"] = new JObject { ["usableAsActivity"] = true },
            ["root"] = Funnel.Flow(Funnel.Activity("line", "Elsa.WriteLine"))["root"],
        };
        var document = Of(Funnel.Activity("greet", "Greet", ("text", "Liquid", "{{ deal.name | ")));
        Assert.Empty(await ErrorsAsync(host, document));
        await host.Services.GetRequiredService<DefinitionService>().SaveAsync(host.Account, null, own, publish: true, RuntimeHost.Stop);

        var finding = Assert.Single(await ErrorsAsync(host, document));
        Assert.Equal("then/greet/text", finding.Place);
        Assert.StartsWith("Шаг «Greet»: «Приветствие» не читается", finding.Message.Ru, StringComparison.Ordinal);
    }

    /// <summary>That nobody had time to look is no judgement, and nobody waits for each script of a board anew.</summary>
    [Fact]
    public async Task Script_ThatNobodyHadTimeToLookAt_IsNotJudged_AndIsLookedAtTheNextTime()
    {
        var scripts = new Scripts();
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), services: services => services.Replace(ServiceDescriptor.Singleton<IScriptRunner>(scripts)));
        var document = Funnel.Of([.. Enumerable.Range(0, 5).Select(i => Funnel.Trigger($"card{i}", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("sms", "Crm.SendSms", ("text", "JavaScript", $"broken {i}")), Funnel.Note("{{ deal.name | "))))]);

        Assert.All(await ErrorsAsync(host, document), error => Assert.Equal("then/note/text", error.Place));
        Assert.Equal(1, scripts.Asked);

        scripts.Answers = true;
        Assert.Equal(10, (await ErrorsAsync(host, document)).Count);
        Assert.Equal(6, scripts.Asked);
        Assert.Equal(10, (await ErrorsAsync(host, document)).Count);
        Assert.Equal(6, scripts.Asked);
    }

    /// <summary>A change of one card has the scripts of that card looked at, and each text once.</summary>
    [Fact]
    public async Task Script_OfACardThatDidNotChange_IsNotLookedAtAgain()
    {
        var scripts = new Scripts { Answers = true };
        await using var host = await RuntimeHost.StartAsync(Funnel.Of(), services: services => services.Replace(ServiceDescriptor.Singleton<IScriptRunner>(scripts)));
        var document = Funnel.Of([.. Enumerable.Range(0, 720).Select(i => Card(i, $"text {i}"))]);
        await ErrorsAsync(host, document);
        Assert.Equal(720, scripts.Asked);
        await ErrorsAsync(host, document with { Triggers = [Card(0, "changed"), .. document.Triggers.Skip(1)] });
        Assert.Equal(721, scripts.Asked);
        // Read anew, as a publication does.
        await ErrorsAsync(host, FunnelJson.Read(FunnelJson.Write(document)));
        Assert.Equal(721, scripts.Asked);

        static FunnelTrigger Card(int i, string script) => Funnel.Trigger($"card{i}", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Activity("sms", "Crm.SendSms", ("text", "JavaScript", script))));
    }

    private static FunnelDocument Of(params JObject[] steps) => Funnel.Of(Funnel.Trigger("card", Funnel.Entered(Funnel.Meeting), Funnel.Flow(steps)));

    private static async Task<IReadOnlyList<Finding>> ErrorsAsync(RuntimeHost host, FunnelDocument document) =>
        [.. (await host.Services.GetRequiredService<DraftChecks>().CheckAsync(host.Account, Guid.Empty, host.Crm, document, RuntimeHost.Stop)).Where(finding => finding.IsError)];

    /// <summary>Script workers that find a mistake in everything, or have no time.</summary>
    private sealed class Scripts : IScriptRunner, IScriptChecker
    {
        public bool Answers { get; set; }

        public int Asked { get; private set; }

        public ValueTask<ExpressionError?> CheckAsync(string source, CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult<ExpressionError?>(Answers ? new(ExpressionCodes.Invalid, "Syntax error") : new(ExpressionCodes.ScriptUnavailable, "No script worker was free in time."));
        }

        public ValueTask<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
