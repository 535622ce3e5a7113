using Automation.Activities.Crm.ChildDeals;

namespace Automation.Activities.Tests;

public sealed class CreateChildDealTests
{
    private readonly World world = new();

    public CreateChildDealTests()
    {
        var crm = world.Crm;
        crm.Add("deal", "42", "{'name':'Сделка','pipeline_id':'1','stage_id':'10','price':1500,'responsible_id':'5','contact_id':'7','company_id':'8','tags':['VIP'],'cf':{'9':{'name':'Город','value':'Казань'},'10':{'name':'ИНН','value':'77'},'11':{'name':'Пусто','value':null}}}");
        crm.Add("contact", "7", "{'name':'Иван'}");
        Note("n1", "common", "Первое", 0);
        Note("n2", "call_in", null, 1, seconds: 75, link: "https://rec/1");
        Note("n3", "common", "Второе", 2);
        Note("n4", "mail", "Коммерческое предложение", 3);
        Note("n5", "call_out", null, 4, seconds: 30, link: "https://rec/2");
        Note("n6", "mail", "Ответ", 5);
        Note("n7", "common", "Третье", 6);
        crm.Files["42"] = ["f1", "f2"];
        crm.AddTask("t1", "42", "Позвонить", world.Now.AddDays(-3), "5");
        crm.AddTask("t2", "42", "Встреча", world.Now.AddDays(2), "6");
        crm.AddTask("t3", "42", "Готово", world.Now, "5", done: true);
    }

    [Fact] // AD-1, AD-9
    public async Task CreateChildDeal_Defaults_MakesOneLinkedDealWithEverything()
    {
        var run = await RunAsync();

        Assert.Equal("Done", run.Outcome);
        var child = Child();
        Assert.Equal(("2", "20", "7", "8", "5", "Сделка"), (Text("pipeline_id"), Text("stage_id"), Text("contact_id"), Text("company_id"), Text("responsible_id"), Text("name")));
        Assert.Equal(1500m, (decimal)child["price"]!);
        Assert.Equal("Казань", (string?)child["cf"]!["9"]!["value"]);
        Assert.Null(child["cf"]!["11"]);
        var link = Assert.Single(world.Links.All, item => item.Relation == "child");
        Assert.Equal(("child", "42", (string?)child["id"]), (link.Relation, link.From.EntityId, link.To.EntityId));
        Assert.Contains(world.Crm.NotesOf("42"), note => note.Text?.Contains($"дочерняя сделка № {child["id"]}", StringComparison.Ordinal) == true);
        Assert.StartsWith("🔗 Создана из сделки № 42", Texts()[0], StringComparison.Ordinal);

        string? Text(string name) => (string?)child[name];
    }

    [Fact] // AD-2, AD-4
    public async Task CreateChildDeal_Notes_KeepOrderAuthorAndTime()
    {
        await RunAsync();

        Assert.Equal("📝 02.03.2026 10:00 · Пётр · сделка № 42\nПервое", Texts()[1]);
        Assert.Equal(["Первое", "rec/1", "Второе", "предложение", "rec/2", "Ответ", "Третье"], Texts().Skip(1).Select(Ending));
        Assert.Equal(["f1", "f2"], world.Crm.Files[ChildId()]);

        static string Ending(string text) => new[] { "Первое", "rec/1", "Второе", "предложение", "rec/2", "Ответ", "Третье" }.Single(end => text.EndsWith(end, StringComparison.Ordinal));
    }

    [Fact] // AD-3
    public async Task CreateChildDeal_Calls_BecomeNotesAndNoCallEvents()
    {
        var before = world.Crm.CallEvents;

        await RunAsync();

        Assert.Equal(before, world.Crm.CallEvents);
        Assert.Equal("📞 02.03.2026 10:01 · Пётр · сделка № 42\nВходящий звонок, 0:01:15\nhttps://rec/1", Texts()[2]);
    }

    [Fact] // AD-5
    public async Task CreateChildDeal_Tasks_OpenOnesMoveAsTheyAre()
    {
        var overdue = world.Crm.Tasks["t1"];

        await RunAsync();

        Assert.Equal(["t1", "t2"], world.Crm.TasksOf(ChildId()).Select(task => task.Id));
        Assert.Equal("t3", Assert.Single(world.Crm.TasksOf("42")).Id);
        Assert.Equal(overdue, world.Crm.Tasks["t1"]);
    }

    [Theory] // AD-5
    [InlineData("copy", 3, 2)]
    [InlineData("leave", 3, 0)]
    public async Task CreateChildDeal_TasksCopyOrLeave_KeepParents(string mode, int onParent, int onChild)
    {
        await RunAsync(new() { Tasks = new(mode) });

        Assert.Equal((onParent, onChild), (world.Crm.TasksOf("42").Count, world.Crm.TasksOf(ChildId()).Count));
    }

    [Fact] // AD-6
    public async Task CreateChildDeal_Grandchild_HasEachEntryOnceWithItsDeal()
    {
        await RunAsync();
        var child = ChildId();
        world.Crm.AddNote(child, new("own", "common", "Своё", "5", "Пётр", world.Now.AddHours(1), null, null, null, null));

        await RunAsync(deal: child, number: 2);

        var texts = world.Crm.NotesOf(world.Crm.Deals.Select(deal => (string)deal["id"]!).Last(id => id != child && id != "42")).Select(note => note.Text!).ToArray();
        Assert.Equal(9, texts.Length);
        Assert.Equal(7, texts.Count(text => text.Contains("сделка № 42\n", StringComparison.Ordinal)));
        Assert.Single(texts, text => text.Contains($"сделка № {child}\nСвоё", StringComparison.Ordinal));
        // Its own entry and the link note name the child; what came from the parent still names the parent alone.
        Assert.Equal(2, texts.Count(text => text.Contains($"№ {child}", StringComparison.Ordinal)));
        Assert.Single(texts, text => text.Contains("rec/1", StringComparison.Ordinal));
        Assert.Single(texts, text => text.StartsWith("🔗", StringComparison.Ordinal));
    }

    [Theory] // AD-7
    [InlineData("contact", "skip")]
    [InlineData("company", "note")]
    [InlineData("key", "move")]
    [InlineData("contact", "update")]
    public async Task CreateChildDeal_OpenDuplicate_ReactsAndMakesNoDeal(string check, string reaction)
    {
        world.Crm.Add("deal", "50", "{'name':'ключ','pipeline_id':'2','stage_id':'21','contact_id':'7','company_id':'8','price':1}");

        var run = await RunAsync(new() { DuplicateCheck = new(check), DuplicateKey = new("Ключ"), OnDuplicate = new(reaction) });

        Assert.Equal(("Duplicate", 2), (run.Outcome, world.Crm.Deals.Count()));
        var found = world.Crm.Deal("50");
        Assert.Equal(reaction == "move" ? "20" : "21", (string?)found["stage_id"]);
        Assert.Equal(reaction == "note" ? 1 : 0, world.Crm.NotesOf("50").Count);
        Assert.Equal(reaction == "update" ? 1500m : 1m, (decimal)found["price"]!);
    }

    [Theory] // AD-7
    [InlineData("{'pipeline_id':'2','stage_id':'142','contact_id':'7'}")]
    [InlineData("{'pipeline_id':'3','stage_id':'30','contact_id':'7'}")]
    public async Task CreateChildDeal_ClosedOrElsewhere_IsNoDuplicate(string deal)
    {
        world.Crm.Add("deal", "50", deal);

        Assert.Equal("Done", (await RunAsync(new() { DuplicateCheck = new("contact") })).Outcome);
    }

    [Fact] // AD-7, AD-8: different events that slipped past the inbox's de-duplication.
    public async Task CreateChildDeal_TwentyRunsAtOnceWithCheck_MakeOneDeal()
    {
        var runs = Enumerable.Range(1, 20).Select(i => world.Run(new CreateChildDeal { PipelineId = new("2"), StageId = new("20"), DuplicateCheck = new("contact") }, World.Deal("42"), i)).ToArray();

        foreach (var run in runs) await run.StartAsync();
        foreach (var run in runs) while (await run.SendNextAsync()) { }
        foreach (var run in runs.Skip(1)) await run.ResumeAsync();

        Assert.Equal(2, world.Crm.Deals.Count());
        Assert.Equal(["Done", .. Enumerable.Repeat("Duplicate", 19)], runs.Select(run => run.Outcome));
    }

    [Fact] // AD-8
    public async Task CreateChildDeal_SameEffectsSentAgain_MakeOneDeal()
    {
        await RunAsync();
        var notes = world.Crm.NotesOf(ChildId()).Count;

        for (var copy = 0; copy < 20; copy++) await RunAsync();

        Assert.Equal(2, world.Crm.Deals.Count());
        Assert.Equal(notes, world.Crm.NotesOf(ChildId()).Count);
    }

    [Fact] // AD-10
    public async Task CreateChildDeal_OneFileBroken_TheRestIsCopied()
    {
        world.Crm.BrokenFiles.Add("f1");

        var run = await RunAsync();

        Assert.Equal("Done", run.Outcome);
        Assert.Equal(["f2"], world.Crm.Files[ChildId()]);
        Assert.Equal("file", (string?)run.Journal["failedParts"][0]!["part"]);
        Assert.Equal(2, world.Crm.TasksOf(ChildId()).Count);
    }

    [Fact]
    public async Task CreateChildDeal_Calls_AreBatched()
    {
        await RunAsync();

        Assert.Equal(5, world.Crm.Commands.Count);
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("list", "Город")]
    public async Task CreateChildDeal_FieldsByChoice_CopiesOnlyThose(string mode, string? expected)
    {
        await RunAsync(new() { CopyFields = new(mode), FieldList = new(["Город = Город доставки"]), CopyBudget = new(false), CopyTags = new(false) });

        var child = Child();
        Assert.Equal(expected is null ? null : "Казань", (string?)child["cf"]?["Город доставки"]?["value"]);
        Assert.Null(child["cf"]?["9"]);
        Assert.Null(child["price"]);
        Assert.Empty(child["tags"]!);
    }

    [Fact]
    public async Task CreateChildDeal_CrmRejects_EndsFailedWithoutLink()
    {
        world.Crm.Fault = command => command is CreateDeal ? new Rejected("invalid", "400") : null;

        var run = await RunAsync();

        Assert.Equal(("Failed", "invalid"), (run.Outcome, (string?)run.Journal["reason"]));
        Assert.Empty(world.Links.All);
    }

    private Task<ActivityRun> RunAsync(CreateChildDeal? activity = null, string deal = "42", int number = 1)
    {
        activity ??= new();
        activity.PipelineId = new("2");
        activity.StageId = new("20");
        return world.OnDealAsync(activity, deal, number);
    }

    private JObject Child() => world.Crm.Deals.Single(deal => (string?)deal["id"] != "42");

    private string ChildId() => (string)Child()["id"]!;

    private string[] Texts() => [.. world.Crm.NotesOf(ChildId()).Select(note => note.Text!)];

    private void Note(string id, string kind, string? text, int minute, int? seconds = null, string? link = null) =>
        world.Crm.AddNote("42", new(id, kind, text, "5", "Пётр", new(2026, 3, 2, 7, minute, 0, TimeSpan.Zero), null, seconds, link, null));
}
