using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Automation.Activities.Crm.Sms;
using Automation.Activities.Waits;

namespace Automation.Activities.Tests;

/// <summary>What holds for every activity of the package, and for the page that describes them.</summary>
public sealed partial class CatalogueTests
{
    private static readonly Type[] Activities = [.. typeof(SendSms).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IActivity)))];

    private static readonly Type[] Described = [.. Activities, typeof(WaitForEvent)];

    public static TheoryData<Type> All => [.. Activities];

    public static TheoryData<Type> OnThePage => [.. Described];

    [Theory] // General criteria (e), (f)
    [MemberData(nameof(All))]
    public void Activity_Always_HasNamesInBothLanguages(Type type)
    {
        var activity = type.GetCustomAttribute<ActivityAttribute>()!;
        Assert.Equal("Crm", activity.Namespace);
        Assert.All([activity.DisplayName, activity.Description, activity.DisplayNameRu, activity.DescriptionRu], text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.All(Inputs(type), input =>
        {
            var attribute = input.GetCustomAttribute<InputAttribute>()!;
            Assert.False(string.IsNullOrWhiteSpace(attribute.DisplayName), input.Name);
            Assert.False(string.IsNullOrWhiteSpace(attribute.DisplayNameRu), input.Name);
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Activity_Always_IsDeterministicWithNamedOutcomes(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<DeterministicAttribute>());
        Assert.NotEmpty(type.GetCustomAttribute<FlowNodeAttribute>()!.Outcomes);
        Assert.NotNull(type.GetConstructor([]));
    }

    [Theory]
    [MemberData(nameof(OnThePage))]
    public void Page_EveryActivity_IsDescribedWithInputsAndOutcomes(Type type)
    {
        var section = Assert.Single(Page().Split("\n### "), part => part.StartsWith($"`{Name(type)}`", StringComparison.Ordinal));
        Assert.All(Inputs(type), input => Assert.Contains($"`{Camel(input.Name)}`", section));
        Assert.All(type.GetCustomAttribute<FlowNodeAttribute>()!.Outcomes, outcome => Assert.Contains($"`{outcome}`", section));
        Assert.Contains(type.GetCustomAttribute<ActivityAttribute>()!.DescriptionRu!, section);
    }

    [Fact]
    public void Page_JsonSnippets_NameActivitiesAndInputsThatExist()
    {
        var snippets = Snippet().Matches(Page()).Select(match => (JObject)Json.Parse(match.Groups[1].Value)).ToArray();
        Assert.True(snippets.Length >= 5);
        foreach (var snippet in snippets)
        {
            var type = Assert.Single(Described, item => Name(item) == (string?)snippet["type"]);
            var inputs = Inputs(type).Select(input => Camel(input.Name)).ToArray();
            foreach (var property in snippet.Properties().Where(item => item.Value is JObject { } value && value["expression"] is not null))
                Assert.Contains(property.Name, inputs);
        }
    }

    private static IEnumerable<PropertyInfo> Inputs(Type type) => type.GetProperties().Where(property => property.GetCustomAttribute<InputAttribute>() is not null);

    private static string Name(Type type) => $"{type.GetCustomAttribute<ActivityAttribute>()!.Namespace}.{type.Name}";

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Page([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../docs/activities.md"));

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
