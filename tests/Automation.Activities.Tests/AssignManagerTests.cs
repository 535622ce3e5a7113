using Automation.Activities.Crm.Managers;
using Automation.Engine.Managers;

namespace Automation.Activities.Tests;

public sealed class AssignManagerTests
{
    private const string Moscow = "Europe/Moscow";
    private readonly World world = new();
    private readonly FakeManagers managers = new();

    public AssignManagerTests()
    {
        world.Managers = managers;
        world.Crm.Add("deal", "42", "{'name':'Сделка','contact_id':'7','company_id':'8','responsible_id':'1'}");
        world.Crm.Add("contact", "7", "{'name':'Иван','responsible_id':'1'}");
        world.Crm.Add("company", "8", "{'name':'ООО','responsible_id':'b'}");
        world.Crm.AddTask("t1", "42", "Открытая", world.Now, "1");
        world.Crm.AddTask("t2", "42", "Готовая", world.Now, "1", done: true);
    }

    [Fact] // SD-1, SD-12
    public async Task AssignManager_DifferentLoads_TakesSmallestAndShowsTable()
    {
        managers.Add("a", 5);
        managers.Add("b", 3);
        managers.Add("c", 4);

        var run = await world.OnDealAsync(new AssignManager(), "42");

        Assert.Equal("Assigned", run.Outcome);
        Assert.Equal("b", (string?)world.Crm.Deal("42")["responsible_id"]);
        Assert.Equal("b", Assert.Single(world.Assignments).ManagerId);
        Assert.Equal([5, 3, 4], run.Journal["table"].Select(row => (int)row["Load"]!));
        Assert.Equal("b", (string?)run.Journal["winner"]);
        Assert.Equal("1", world.Crm.Tasks["t1"].ResponsibleId);
    }

    [Fact] // SD-11
    public async Task AssignManager_AllParts_ChangesContactCompanyAndOpenTasks()
    {
        managers.Add("b");

        await world.OnDealAsync(new AssignManager { ChangeContact = new(true), ChangeCompany = new(true), ChangeTasks = new(true) }, "42");

        Assert.Equal("b", (string?)world.Crm.Find("contact", "7")!["responsible_id"]);
        Assert.Equal(("b", "1"), (world.Crm.Tasks["t1"].ResponsibleId, world.Crm.Tasks["t2"].ResponsibleId));
        // The company has him already: nothing is written.
        Assert.DoesNotContain(world.Crm.Commands.OfType<UpdateEntity>(), command => command.EntityType == "company");
    }

    [Fact] // SD-6
    public async Task AssignManager_HundredDealsFourManagers_TwentyFiveEach()
    {
        foreach (var id in new[] { "a", "b", "c", "d" }) managers.Add(id);
        for (var i = 0; i < 100; i++) world.Crm.Add("deal", $"d{i}", "{'responsible_id':'1'}");

        var runs = Enumerable.Range(0, 100).Select(i => world.Run(new AssignManager(), World.Deal($"d{i}"), i)).ToArray();
        // All steps first: nobody's CRM write is done when the next one chooses.
        foreach (var run in runs) await run.StartAsync();
        foreach (var run in runs) while (await run.SendNextAsync()) { }

        Assert.All(world.Assignments.GroupBy(item => item.ManagerId), group => Assert.Equal(25, group.Count()));
        Assert.Equal(100, world.Assignments.Count);
    }

    [Fact] // SD-2
    public async Task AssignManager_SameReadsAgain_DecidesTheSame()
    {
        managers.Add("a");
        managers.Add("b");
        var first = await world.OnDealAsync(new AssignManager(), "42");

        var replay = world.Run(new AssignManager(), World.Deal("42"));
        foreach (var (key, value) in first.Reads) replay.Reads[key] = value;
        await replay.StartAsync();

        Assert.Equal(2, world.Assignments.Count);
        Assert.Equal(world.Assignments[0], world.Assignments[1]);
        Assert.Single(managers.Asked);
    }

    [Fact] // SD-5
    public async Task AssignManager_NobodyAtWork_WaitsForShiftAtMost30Seconds()
    {
        managers.Add("a", shifts: [Shift.Weekly("a", DayOfWeek.Monday, new(12, 0, 20), new(18, 0), Moscow)]);

        var run = await world.OnDealAsync(new AssignManager(), "42");

        Assert.Null(run.Outcome);
        Assert.Equal((world.Now.AddSeconds(20), false), (run.Waiting!.DueAt, run.Waiting.IncludeActivityInstanceId));
        Assert.Equal((AssignManager.ManagersChanged, AssignManager.ManagersChanged), (run.Waiting.BookmarkName, run.Waiting.Stimulus));

        var arrived = world.Now;
        world.Now = run.Waiting.DueAt!.Value;
        await run.ResumeAsync();
        Assert.Equal("Assigned", run.Outcome);
        Assert.Equal(arrived, managers.Asked[^1].QueueSince);
        Assert.Null(managers.Asked[0].QueueSince);
    }

    [Theory] // SD-5
    [InlineData("ignore-shifts", null, "Fallback", "a")]
    [InlineData("user", "head", "Fallback", "head")]
    [InlineData("none", null, "Nobody", "1")]
    public async Task AssignManager_NobodyUntilDeadline_FallsBack(string fallback, string? user, string outcome, string responsible)
    {
        managers.Add("a", shifts: [Shift.Weekly("a", DayOfWeek.Sunday, new(9, 0), new(18, 0), Moscow)]);
        var activity = new AssignManager { FallbackAfterMinutes = new(1), Fallback = new(fallback), FallbackUserId = user is null ? null : new(user) };

        var arrived = world.Now;
        var run = await world.OnDealAsync(activity, "42");
        // Woken early once, so that the next waits do not end with the deadline by themselves.
        world.Now = arrived.AddSeconds(10);
        await run.ResumeAsync();
        while (run.Waiting is { } waiting)
        {
            world.Now = waiting.DueAt!.Value;
            await run.ResumeAsync();
        }

        Assert.Equal((outcome, arrived.AddMinutes(1)), (run.Outcome, world.Now));
        Assert.Equal(responsible, (string?)world.Crm.Deal("42")["responsible_id"]);
    }

    [Fact] // SD-7
    public async Task AssignManager_AllAtCap_Waits()
    {
        managers.Add("a", 3, maxOpen: 3);

        Assert.NotNull((await world.OnDealAsync(new AssignManager(), "42")).Waiting);
    }

    [Fact] // SD-8
    public async Task AssignManager_Sticky_AsksContactsManagerFirst()
    {
        managers.Add("a");
        managers.Add("1", load: 9);

        var run = await world.OnDealAsync(new AssignManager { Sticky = new("contact") }, "42");

        Assert.Equal("1", (string?)run.Journal["winner"]);
        Assert.Empty(world.Crm.Commands);
    }

    [Fact]
    public async Task AssignManager_CrmRefuses_FaultsWithRemedy()
    {
        managers.Add("a");
        world.Crm.Fault = _ => new Rejected("user_inactive", "400");

        var fault = await Assert.ThrowsAsync<ActivityFaultException>(() => world.OnDealAsync(new AssignManager(), "42"));

        Assert.Equal("assign_failed", fault.Code);
    }
}
