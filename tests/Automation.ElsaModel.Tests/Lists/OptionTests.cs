using Automation.Engine.Accounts;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.ElsaModel.Tests.Lists;

public sealed class OptionTests
{
    private static readonly AccountId Account = new(new Guid("0190a000-0000-7000-8000-000000000001"));
    private static readonly ActivityDescriptor ShipFrom = ActivityDescriber.Describe(typeof(ShipFrom));
    private readonly DescriptorViews _views = new(english: true, new(english: true, []));

    private sealed class Warehouses : IWarehouses
    {
        public IReadOnlyList<InputOption> Of(AccountId account) =>
            account == Account ? [new("Wismar harbour", "w1"), new("Rostock", "r1")] : throw new InvalidOperationException("Not theirs.");
    }

    private static Task<IReadOnlyList<InputOption>> ReadAsync(InputDescriptor input, AccountId account) => OptionLists.ReadAsync(
        input, new ServiceCollection().AddSingleton<IWarehouses, Warehouses>().BuildServiceProvider(), account, TestContext.Current.CancellationToken);

    private static JToken Items(JToken? specifications) => specifications!["dropdown"]!["selectList"]!["items"]!;

    [Fact]
    public void Palette_ListOfAProvider_IsEmptyAndAskedForAnew()
    {
        var input = _views.Of(ShipFrom)["inputs"]!.Single(one => (string?)one["name"] == "Warehouse");

        Assert.Equal(("dropdown", true), ((string?)input["uiHint"], (bool)input["uiSpecifications"]!["Refresh"]!));
        Assert.Empty(Items(input["uiSpecifications"]));
    }

    [Fact]
    public void Palette_FixedList_IsThere()
    {
        var specifications = _views.Of(ShipFrom)["inputs"]!.Single(one => (string?)one["name"] == "Packing")["uiSpecifications"]!;

        Assert.Equal(["Letter", "Box"], Items(specifications).Select(item => (string?)item["value"]));
        Assert.Null(specifications["Refresh"]);
    }

    [Fact]
    public async Task Options_Provider_GivesTheAccountsList()
    {
        var input = ShipFrom.Inputs.Single(one => one.Name == "Warehouse");

        var specifications = _views.Specifications(input, await ReadAsync(input, Account));

        Assert.Equal([("Wismar harbour", "w1"), ("Rostock", "r1")], Items(specifications).Select(item => ((string?)item["text"], (string?)item["value"])));
        Assert.True((bool)specifications!["Refresh"]!);
    }

    [Fact]
    public async Task Options_ProviderFailsOrIsNone_IsARefusalThatStudioDoesNotRepeat()
    {
        var failing = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(ShipFrom.Inputs.Single(one => one.Name == "Warehouse"), default));
        var wrong = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(ActivityDescriber.Describe(typeof(Misconfigured)).Inputs[0], Account));

        Assert.Equal([(400, "options_failed"), (400, "options_failed")], new[] { failing, wrong }.Select(refused => (refused.Problem.Status, refused.Problem.Code)));
        Assert.DoesNotContain("theirs", failing.Problem.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dropdown_ValueOrDefault_IsWhatTheRunSees()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var parcel = builder.WithVariable<string>("parcel");
            builder.Root = new ShipFrom { Warehouse = new("w1"), Result = new(parcel) };
        });

        Assert.Equal("Box from w1", (string?)run.Variable("parcel"));
    }
}
