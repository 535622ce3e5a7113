using Automation.Engine.Funnels.Flows;
using Automation.Engine.Tests.Architecture;
using Automation.Engine.Tests.Workflows;
using FsCheck.Xunit;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Funnels;

/// <summary>Lists and flowcharts are two views of one document.</summary>
public sealed class FlowListTests
{
    [Property(MaxTest = 2_000)]
    public bool WrittenList_ReadAgain_IsWrittenTheSame(int seed)
    {
        var document = FlowListWriter.Write(FlowListWriter.NewDocument("Any"), RandomFlow.Of(seed));
        var read = FlowListReader.Read(document);
        if (read.List is null) throw new InvalidOperationException($"{read.Reason}: {document}");
        return Text(FlowListWriter.Write(document, read.List)) == Text(document) && Shape(FlowListReader.Read(document).List!) == Shape(read.List);
    }

    // Each step leaves by one exit, drawn by the second seed; a parallel one by all of them.
    [Property(MaxTest = 2_000)]
    public bool WrittenChart_Walked_DoesTheStepsThatTheListSays(int seed, int exits)
    {
        var list = RandomFlow.Of(seed);
        var said = new HashSet<string>(StringComparer.Ordinal);
        Walk(list.Steps);
        var document = FlowListWriter.Write(FlowListWriter.NewDocument("Any"), list);
        var arrows = document.SelectTokens("root.connections[*]").ToLookup(arrow => (string)arrow.SelectToken("source.activity")!);
        var (done, open) = (new HashSet<string>([list.Steps[0].Id], StringComparer.Ordinal), new Stack<string>([list.Steps[0].Id]));
        while (open.TryPop(out var id))
            foreach (var arrow in arrows[id].Where(arrow => list.Find(id) is not { Kind: not FlowKind.Parallel } step || (string)arrow.SelectToken("source.port")! == Drawn(step)))
                if (done.Add((string)arrow.SelectToken("target.activity")!)) open.Push((string)arrow.SelectToken("target.activity")!);
        return done.Where(id => list.Find(id) is not null).ToHashSet().SetEquals(said);

        bool Walk(IReadOnlyList<FlowStep> steps) => steps.All(step =>
        {
            said.Add(step.Id);
            var ways = step.Kind == FlowKind.Parallel ? step.Ways : step.Ways.Where(way => way.Port == Drawn(step));
            return ways.Select(way => Walk(way.Steps) && !way.Ends).ToList().Contains(true);
        });
        string? Drawn(FlowStep step) => step.Ways.Count == 0 ? null : step.Ways[(int)((uint)HashCode.Combine(exits, string.GetHashCode(step.Id, StringComparison.Ordinal)) % (uint)step.Ways.Count)].Port;
    }

    // What is read may nest otherwise where nothing follows a branch; a list that was read is read the same again.
    [Property(MaxTest = 1_000)]
    public bool ReadList_WrittenIntoAnEmptyDocument_IsTheSameList(int seed)
    {
        var first = FlowListReader.Read(FlowListWriter.Write(FlowListWriter.NewDocument("Any"), RandomFlow.Of(seed))).List!;
        return Shape(FlowListReader.Read(FlowListWriter.Write(FlowListWriter.NewDocument("Any"), first)).List!) == Shape(first);
    }

    [Property(MaxTest = 1_000)]
    public bool OneStepTakenOut_TheOthersStayByteForByte(int seed, byte which)
    {
        var document = FlowListWriter.Write(FlowListWriter.NewDocument("Any"), RandomFlow.Of(seed));
        var list = FlowListReader.Read(document).List!;
        var all = list.All.ToList();
        var gone = all[which % all.Count];
        if (FlowEdits.Remove(list, gone.Id) is not { } shorter) return true;
        var before = Activities(document);
        var written = FlowListWriter.Write(document, shorter);
        return Activities(written).All(one => before[one.Key] == one.Value) && FlowListReader.Read(written).List is not null;
    }

    [Property(MaxTest = 1_000)]
    public bool OneStepMoved_NothingIsLost(int seed, byte which, byte where)
    {
        var list = FlowListReader.Read(FlowListWriter.Write(FlowListWriter.NewDocument("Any"), RandomFlow.Of(seed))).List!;
        var all = list.All.ToList();
        var (step, target) = (all[which % all.Count], all[where % all.Count]);
        if (FlowEdits.Move(list, step.Id, FlowEdits.PlaceOf(list, target.Id)!) is not { } moved) return true;
        return moved.All.Select(one => one.Id).Order().SequenceEqual(all.Select(one => one.Id).Order());
    }

    public static TheoryData<string> Files() =>
        [.. new[] { "samples/funnels", "samples/templates", "tests/Automation.Server.Tests/Elsa/Golden" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.json")).Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory, MemberData(nameof(Files))]
    public void EveryWorkflowOfTheRepository_IsGivenBackUnchanged_OrRefusedWithAReason(string file)
    {
        using var reader = new JsonTextReader(new StringReader(File.ReadAllText(Path.Combine(Repository.Root, file)))) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
        var whole = JObject.Load(reader);
        var documents = whole["triggers"] is JArray triggers ? triggers.Select(trigger => trigger["then"]).OfType<JObject>() : [(JObject)whole["definition"]!];
        foreach (var document in documents)
        {
            var read = FlowListReader.Read(document);
            if (read.List is null) Assert.Contains(read.Reason!, FlowReasons.All);
            else Assert.Equal(Text(document), Text(FlowListWriter.Write(document, read.List)));
            if (whole["triggers"] is not null) Assert.NotNull(read.List);
        }
    }

    [Theory]
    [InlineData(FlowReasons.Loop, "a>b", "b>a")]
    [InlineData(FlowReasons.Loose, "a>b")]
    [InlineData(FlowReasons.SeveralArrows, "a>b", "a>c")]
    [InlineData(FlowReasons.Broken, "a>b", "b>nowhere")]
    [InlineData(FlowReasons.Tangled, "a:Done>b", "a:Failed>c", "b:Done>d", "b:Failed>e", "c:Done>e", "d:Done>f", "e:Done>f", "c:Failed>d")]
    public void Chart_ThatIsNoList_SaysWhy(string reason, params string[] arrows)
    {
        var ids = arrows.SelectMany(arrow => arrow.Split('>')).Select(end => end.Split(':')[0]).Where(id => id != "nowhere").Append("c").Distinct().Order();
        Assert.Equal(reason, FlowListReader.Read(Workflow(Chart(ids.Select(id => Line(id)), arrows))).Reason);
    }

    [Fact]
    public void OtherRoot_IsRefused_WithItsActivities() => Assert.Equal(FlowReasons.NoChart, FlowListReader.Read(Workflow(Sequence("s", Line("a")))).Reason);

    [Fact]
    public void Choice_WhoseWaysMeet_GoesOnBehindThem()
    {
        var list = Read(Chart([Activity("if", FlowKinds.Decision), Line("a"), Line("b"), Line("c")], "if:True>a", "if:False>b", "a>c", "b>c"));
        Assert.Equal("if{True:a False:b} c", Shape(list));
    }

    [Fact]
    public void Choice_WithOneWay_ShowsTheOther() => Assert.Equal("if{True:a False:}", Shape(Read(Chart([Activity("if", FlowKinds.Decision), Line("a")], "if:True>a"))));

    [Fact]
    public void Step_WhoseFailureIsCaught_GoesOnByDone() => Assert.Equal("a{Done: Failed:!f} b c", Shape(Read(Chart([Line("a"), Line("b"), Line("c"), Line("f")], "a>b", "a:Failed>f", "b>c"))));

    [Fact]
    public void Step_ThatIsFollowedWhenItFailsOnly_SaysSo()
    {
        var document = Workflow(Chart([Line("a"), Line("f")], "a:Failed>f"));
        var list = Read(document);
        Assert.Equal("a{Done: Failed:f}", Shape(list));
        // What is added behind it follows both ways.
        var longer = FlowListWriter.Write(document, FlowEdits.Insert(list, FlowPlace.Top(1), FlowEdits.New("b", "Elsa.WriteLine", 1, new FlowWay("Done", [])))!);
        Assert.Equal(["a:Failed>f", "a:Done>b", "f:Done>b"], longer.SelectTokens("root.connections[*]").Select(arrow => $"{arrow["source"]!["activity"]}:{arrow["source"]!["port"]}>{arrow["target"]!["activity"]}"));
    }

    [Fact]
    public void Step_ThatGoesOnByAnExitOfItsOwn_IsWrittenWithIt()
    {
        var document = Workflow(Chart([Activity("m", "Crm.AssignManager")]));
        var list = FlowListReader.Read(document, type => type == "Crm.AssignManager" ? "Assigned" : "Done").List!;
        var longer = FlowEdits.Insert(list, FlowPlace.Top(1), FlowEdits.New("step2", "Elsa.WriteLine", 1, new FlowWay("Done", [])))!;
        Assert.Equal("Assigned", (string?)FlowListWriter.Write(document, longer).SelectToken("root.connections[0].source.port"));
    }

    [Fact]
    public void Fork_ThatJoins_KeepsItsJoin()
    {
        var fork = FlowBranches.With(Activity("fork", FlowKinds.Fork), ["A", "B", "C"]);
        var list = Read(Chart([fork, Line("a"), Line("b"), Activity("join", FlowKinds.Join), Line("c")], "fork:A>a", "fork:B>b", "a>join", "b>join", "join>c"));
        Assert.Equal("fork{A:a B:b C:!}&join c", Shape(list));
    }

    [Fact]
    public void NewStep_IsDrawnBesideTheOneBeforeIt_AndConnected()
    {
        var document = Workflow(Chart([Placed("a", 80), Placed("c", 360)], "a>c"));
        var list = FlowEdits.Insert(Read(document), FlowPlace.Top(1), FlowEdits.New("step1", "Elsa.WriteLine", 1, new FlowWay("Done", [])))!;
        var written = FlowListWriter.Write(document, list);
        Assert.Equal(["a>step1", "step1>c"], written.SelectTokens("root.connections[*]").Select(arrow => $"{arrow["source"]!["activity"]}>{arrow["target"]!["activity"]}"));
        Assert.Equal((360, 200), ((int)written.SelectToken("root.activities[2].metadata.designer.position.x")!, (int)written.SelectToken("root.activities[2].metadata.designer.position.y")!));
    }

    [Fact]
    public void Arrow_ThatStays_KeepsWhatItHolds()
    {
        var document = Workflow(Chart([Line("a"), Line("b"), Line("c")], "a>b", "b>c"));
        document.SelectToken("root.connections[0]")!["vertices"] = new JArray(new JObject { ["x"] = 1 });
        var written = FlowListWriter.Write(document, FlowEdits.Remove(Read(document), "c")!);
        Assert.Equal(Text(document.SelectToken("root.connections[0]")!), Text(Assert.Single(written.SelectToken("root.connections")!)));
    }

    [Fact]
    public void End_InTheMiddle_IsRefused()
    {
        var list = Read(Chart([Line("a"), Line("b")], "a>b"));
        Assert.Null(FlowEdits.Insert(list, FlowPlace.Top(1), FlowEdits.New("end", FlowKinds.End, 1)));
        Assert.NotNull(FlowEdits.Insert(list, FlowPlace.Top(2), FlowEdits.New("end", FlowKinds.End, 1)));
    }

    [Fact]
    public void Step_MovedIntoItself_IsRefused()
    {
        var list = Read(Chart([Activity("if", FlowKinds.Decision), Line("a")], "if:True>a"));
        Assert.Null(FlowEdits.Move(list, "if", new("if", "True", 0)));
        Assert.Null(FlowEdits.Move(list, "if", new("if", "False", 0)));
    }

    [Fact]
    public void Step_MovedDown_LandsBehindTheOneItIsLetGoAt() =>
        Assert.Equal("b a c", Shape(FlowEdits.Move(Read(Chart([Line("a"), Line("b"), Line("c")], "a>b", "b>c")), "a", FlowPlace.Top(2))!));

    [Fact]
    public void Copy_HasIdsOfItsOwn_AtEveryDepth()
    {
        var document = Workflow(Chart([Activity("if", FlowKinds.Decision), Line("step1")], "if:True>step1"));
        var list = Read(document);
        var copied = FlowEdits.Duplicate(list, "if", FlowEdits.NewIds(document, list))!;
        Assert.Equal("if{True:step1 False:} step2{True:step3 False:}", Shape(copied));
        Assert.NotNull(FlowListReader.Read(FlowListWriter.Write(document, copied)).List);
    }

    [Fact]
    public async Task List_OfAllKinds_RunsAsItReads()
    {
        var ids = FlowEdits.NewIds(null, FlowList.Empty);
        var parallel = FlowEdits.NewParallel(ids, ["1", "2"]);
        parallel = parallel with { Ways = [parallel.Ways[0] with { Steps = [Step("a")] }, parallel.Ways[1] with { Steps = [Step("b")] }] };
        var choice = new FlowStep(Activity("if", FlowKinds.Decision, new { condition = Literal(false) }), [new("True", [Step("no")]), new("False", [Step("yes")])]);
        var document = FlowListWriter.Write(FlowListWriter.NewDocument("All"), new([parallel, choice, Step("c"), new(Activity("end", FlowKinds.End), [])]));
        var run = await new RunHarness(document).RunAsync();
        Assert.Equal(["a", "b", "yes", "c"], run.Lines);
    }

    private static FlowStep Step(string id) => new(Line(id), [new("Done", [])]);

    private static JObject Placed(string id, int x)
    {
        var line = Line(id);
        line["metadata"]!["designer"]!["position"] = new JObject { ["x"] = x, ["y"] = 80 };
        return line;
    }

    private static FlowList Read(JObject chartOrDocument)
    {
        var read = FlowListReader.Read(chartOrDocument["root"] is null ? Workflow(chartOrDocument) : chartOrDocument);
        Assert.Null(read.Reason);
        return read.List!;
    }

    private static Dictionary<string, string> Activities(JObject document) => document.SelectTokens("root.activities[*]").ToDictionary(one => (string)one["id"]!, Text);

    private static string Text(JToken token) => token.ToString(Formatting.None);

    private static string Shape(FlowList list) => Shape(list.Steps);

    private static string Shape(IReadOnlyList<FlowStep> steps) => string.Join(' ', steps.Select(step =>
        step.Id + (step.Ways is [] or [{ Port: "Done", Steps.Count: 0, Ends: false }] ? "" : "{" + string.Join(' ', step.Ways.Select(way => $"{way.Port}:{(way.Ends ? "!" : "")}{Shape(way.Steps)}")) + "}") + (step.Join is null ? "" : "&" + step.Join["id"])));
}
