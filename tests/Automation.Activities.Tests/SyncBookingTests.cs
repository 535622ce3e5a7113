using Automation.Activities.Crm.Bookings;

namespace Automation.Activities.Tests;

public sealed class SyncBookingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);

    private readonly World world = new();
    private readonly Queue<MailboxKey> events = new();
    private int runs;

    public SyncBookingTests()
    {
        string[] names = ["Новая", "Подтвердил запись", "Клиент пришёл", "Клиент не пришел", "Отменил запись"];
        world.Crm.Stages.AddRange(names.Select((name, i) => new CrmStage("1", $"{(i + 1) * 10}", name, null, i, "ordinary")));
        world.Crm.Add("contact", "7", "{'name':'Иван','phone':'8 916 123-45-67'}");
    }

    [Fact] // KX-3, KX-4
    public async Task SyncBooking_DealWithAllFields_BooksOnceAndWritesBack()
    {
        AddDeal();

        var run = await SyncAsync(World.Deal("42"));

        Assert.Equal("Done", run.Outcome);
        var visit = Assert.Single(world.Booking.Visits.Values);
        Assert.Equal(("e1", "s1", Start, "+79161234567", "Иван"), (visit.ExecutorId, visit.ServiceIds[0], visit.Start, visit.ClientPhone, visit.ClientName));
        var deal = world.Crm.Deal("42");
        Assert.Equal((visit.Id, visit.Id, visit.ClientId), ((string?)deal["name"], Field(deal, "Visit ID"), Field(deal, "Client ID")));
        Assert.Single(world.Crm.Commands);
    }

    [Fact] // KX-3
    public async Task SyncBooking_SomeFieldsMissing_BooksNothingAndNamesThem()
    {
        world.Crm.Add("deal", "42", "{'name':'Сделка','contact_id':'7','pipeline_id':'1','stage_id':'10','cf':{'1':{'name':'Услуга','value':'Массаж'}}}");

        var activity = new SyncBooking { MissingFields = new() };
        var run = await world.OnDealAsync(activity, "42");

        Assert.Equal("Missing fields", run.Outcome);
        Assert.Equal(3, run.Outputs[activity.MissingFields!].Count());
        Assert.Equal(["Услуга (нет в системе записи)", "Специалист", "Дата визита"], run.Journal["missing"].Select(name => (string)name!));
        Assert.Empty(world.Booking.Commands);
    }

    [Theory] // KX-3
    [InlineData(false)]
    [InlineData(true)]
    public async Task SyncBooking_FieldsMissing_RemindsOnceUnlessFilledInTime(bool filled)
    {
        world.Crm.Add("deal", "42", "{'name':'Сделка','contact_id':'7','pipeline_id':'1','stage_id':'10','cf':{'1':{'name':'Услуга','value':'Стрижка'},'2':{'name':'Специалист','value':'Анна'}}}");
        var run = await world.OnDealAsync(new SyncBooking { HintMinutes = new(15) }, "42");
        Assert.Equal((null, world.Now.AddMinutes(15)), (run.Outcome, run.Waiting!.DueAt));
        Assert.Empty(world.Crm.Commands);

        world.Now = run.Waiting.DueAt!.Value;
        if (filled) ((JObject)world.Crm.Deal("42")["cf"]!)["3"] = new JObject { ["name"] = "Дата визита", ["value"] = Start.ToString("O") };
        await run.ResumeAsync();

        Assert.Equal(filled ? "Done" : "Missing fields", run.Outcome);
        Assert.Equal(filled ? 1 : 0, world.Booking.Visits.Count);
        var hints = world.Crm.Commands.OfType<CreateTasks>().SelectMany(command => command.Tasks).Select(task => task.Text);
        Assert.Equal(filled ? [] : ["Чтобы записать клиента, заполните: Дата визита"], hints);
    }

    [Fact] // KX-2
    public async Task SyncBooking_NewVisit_MakesOneDealWithContactFoundByPhone()
    {
        world.Crm.Find("contact", "7")!["phone"] = "+79161234567";
        AddVisit("77", phone: "8 (916) 123-45-67");

        var run = await SyncAsync(World.Visit("77"));

        Assert.Equal("Done", run.Outcome);
        var deal = Assert.Single(world.Crm.Deals);
        Assert.Equal(("77", "7", "1", "10"), ((string?)deal["name"], (string?)deal["contact_id"], (string?)deal["pipeline_id"], (string?)deal["stage_id"]));
        Assert.Equal(("77", "c77", "2026-03-10T12:00:00+03:00", "Анна", "Стрижка"), (Field(deal, "Visit ID"), Field(deal, "Client ID"), Field(deal, "Дата визита"), Field(deal, "Специалист"), Field(deal, "Услуга")));
    }

    [Fact] // KX-2
    public async Task SyncBooking_UnknownClient_MakesContact()
    {
        AddVisit("77", phone: "+7 903 000-00-01");

        await SyncAsync(World.Visit("77"));

        var contact = world.Crm.Find("contact", (string?)Assert.Single(world.Crm.Deals)["contact_id"])!;
        Assert.Equal(("Клиентка", "+79030000001"), ((string?)contact["name"], (string?)contact["phone"]));
    }

    [Fact] // KX-5
    public async Task SyncBooking_NewVisitInMappedState_GoesToItsStage()
    {
        AddVisit("77", state: VisitState.Confirmed);

        await SyncAsync(World.Visit("77"));

        Assert.Equal("20", (string?)Assert.Single(world.Crm.Deals)["stage_id"]);
    }

    [Fact] // KX-6
    public async Task SyncBooking_DealMoved_RoundedTimeComesBackOnce()
    {
        await LinkedAsync();
        world.Booking.RoundTo = TimeSpan.FromMinutes(15);

        SetStart(Start.AddMinutes(67));
        await DrainAsync(World.Deal("42"));

        Assert.Equal(Start.AddMinutes(60), Assert.Single(world.Booking.Visits.Values).Start);
        Assert.Equal("2026-03-10T13:00:00+03:00", Field(world.Crm.Deal("42"), "Дата визита"));
        Assert.Equal((1, 1), (world.Booking.Commands.Count, world.Crm.Commands.Count));
    }

    [Theory] // KX-8
    [InlineData("newest", 1, 2)]
    [InlineData("newest", 2, 1)]
    [InlineData("booking", 1, 2)]
    [InlineData("crm", 2, 1)]
    public async Task SyncBooking_BothMoved_OneCorrectiveWrite(string rule, int dealMinute, int visitMinute)
    {
        await LinkedAsync();
        var bookingWins = rule == "booking" || (rule == "newest" && visitMinute > dealMinute);
        SetStart(Start.AddHours(1));
        world.Crm.Deal("42")["updated_at"] = world.Now.AddMinutes(dealMinute).ToString("O");
        world.Booking.Visits["77"] = world.Booking.Visits["77"] with { Start = Start.AddHours(2), Modified = world.Now.AddMinutes(visitMinute) };

        await DrainAsync(rule, World.Deal("42"), World.Visit("77"));

        var start = Start.AddHours(bookingWins ? 2 : 1);
        Assert.Equal(start, world.Booking.Visits["77"].Start);
        Assert.Equal(start, DateTimeOffset.Parse(Field(world.Crm.Deal("42"), "Дата визита")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, world.Booking.Commands.Count + world.Crm.Commands.Count);
    }

    [Fact] // KX-9
    public async Task SyncBooking_SlotTaken_DealKeepsOldTimeAndGetsTask()
    {
        await LinkedAsync();
        world.Booking.Refusal = "Время занято";
        SetStart(Start.AddHours(1));

        var run = await SyncAsync(World.Deal("42"));

        Assert.Equal("Refused", run.Outcome);
        Assert.Equal("2026-03-10T12:00:00+03:00", Field(world.Crm.Deal("42"), "Дата визита"));
        Assert.Contains("Время занято", Assert.Single(world.Crm.TasksOf("42")).Text);
        await DrainAsync();
        Assert.Single(world.Booking.Commands);
    }

    [Fact] // KX-9
    public async Task SyncBooking_NewVisitRefused_IsNotAskedAgainUntilSomethingChanges()
    {
        AddDeal();
        world.Booking.Refusal = "Время занято";
        Assert.Equal("Refused", (await SyncAsync(World.Deal("42"))).Outcome);
        Assert.Equal("No change", (await SyncAsync(World.Deal("42"))).Outcome);

        world.Booking.Refusal = null;
        SetStart(Start.AddHours(3));

        Assert.Equal("Done", (await SyncAsync(World.Deal("42"))).Outcome);
    }

    [Fact] // KX-12
    public async Task SyncBooking_VisitGoneTwice_DealGoesToCancelled()
    {
        await LinkedAsync();
        world.Booking.Visits.Clear();

        var run = await SyncAsync(World.Visit("77"));
        Assert.Equal(world.Now.AddMinutes(10), run.Waiting!.DueAt);
        Assert.Equal("10", (string?)world.Crm.Deal("42")["stage_id"]);

        await run.ResumeAsync();
        Assert.Equal("50", (string?)world.Crm.Deal("42")["stage_id"]);
    }

    [Fact] // KX-7: the echo overtakes the record of our own write.
    public async Task SyncBooking_EchoBeforeOurRecord_WaitsAndMakesNoSecondDeal()
    {
        AddDeal();
        ActivityRun? echo = null;
        world.Booking.Changed = id => (echo = Run(World.Visit(id))).StartAsync().GetAwaiter().GetResult();

        await SyncAsync(World.Deal("42"));
        Assert.NotNull(echo!.Waiting);
        await echo.ResumeAsync();

        Assert.Equal("No change", echo.Outcome);
        Assert.Single(world.Crm.Deals);
    }

    [Fact] // KX-7
    public async Task SyncBooking_DealsEchoBeforeOurRecord_BooksNoSecondVisit()
    {
        AddVisit("77");
        ActivityRun? echo = null;
        world.Crm.Changed = (type, id) => (echo = Run(World.Deal(id))).StartAsync().GetAwaiter().GetResult();

        await SyncAsync(World.Visit("77"));
        Assert.NotNull(echo!.Waiting);
        await echo.ResumeAsync();

        Assert.Equal("No change", echo.Outcome);
        Assert.Empty(world.Booking.Commands);
    }

    [Fact]
    public async Task SyncBooking_TwoEventsOfOneDeal_BookOnce()
    {
        AddDeal();
        var (first, second) = (Run(World.Deal("42")), Run(World.Deal("42")));

        await first.StartAsync();
        await second.StartAsync();
        while (await first.SendNextAsync()) { }
        await second.ResumeAsync();

        Assert.Equal(("Done", "No change"), (first.Outcome, second.Outcome));
        Assert.Single(world.Booking.Visits);
    }

    [Fact]
    public async Task SyncBooking_LinkLost_PairIsFoundByVisitId()
    {
        world.Crm.Add("deal", "42", "{'name':'77','contact_id':'7','pipeline_id':'1','stage_id':'10','cf':{'4':{'name':'Visit ID','value':'77'},'3':{'name':'Дата визита','value':'2026-03-10T12:00:00+03:00'}}}");
        AddVisit("77");

        await SyncAsync(World.Visit("77"));

        Assert.Single(world.Crm.Deals);
        Assert.Equal("42", world.Links.All.Last(link => link.Relation == "booking").From.EntityId);
    }

    [Theory] // KX-7: 1,000 changes in all, echoes and copies of every event delivered.
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task SyncBooking_RandomChanges_WritesEqualChanges(int seed)
    {
        await LinkedAsync();
        world.Booking.Changed = id => events.Enqueue(World.Visit(id));
        world.Crm.Changed = (_, id) => events.Enqueue(World.Deal(id));
        var random = new Random(seed);
        for (var change = 1; change <= 250; change++)
        {
            world.Now = world.Now.AddMinutes(1);
            var changed = Change(random);
            events.Enqueue(changed);
            if (random.Next(3) == 0) events.Enqueue(changed);
            await DrainAsync();
            Assert.Equal(change, world.Booking.Commands.Count + world.Crm.Commands.Count);
            var (deal, visit) = (world.Crm.Deal("42"), world.Booking.Visits["77"]);
            Assert.Equal(visit.Start, DateTimeOffset.Parse(Field(deal, "Дата визита")!, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(visit.ExecutorId == "e1" ? "Анна" : "Борис", Field(deal, "Специалист"));
            if (visit.State != VisitState.Booked) Assert.Equal(StageOf(visit.State), (string?)deal["stage_id"]);
        }
    }

    private MailboxKey Change(Random random)
    {
        var (deal, visit) = (world.Crm.Deal("42"), world.Booking.Visits["77"]);
        var start = visit.Start.AddMinutes(random.Next(1, 500));
        var executor = visit.ExecutorId == "e1" ? "e2" : "e1";
        VisitState[] states = [.. new[] { VisitState.Confirmed, VisitState.Arrived, VisitState.NoShow, VisitState.Cancelled }.Where(item => item != visit.State)];
        var state = states[random.Next(states.Length)];
        switch (random.Next(6))
        {
            case 0: SetStart(start); break;
            case 1: SetField("Специалист", executor == "e1" ? "Анна" : "Борис"); break;
            case 2: deal["stage_id"] = StageOf(state); break;
            case 3: world.Booking.Visits["77"] = visit with { Start = start, Finish = start.AddHours(1), Modified = world.Now }; return World.Visit("77");
            case 4: world.Booking.Visits["77"] = visit with { ExecutorId = executor, Modified = world.Now }; return World.Visit("77");
            default: world.Booking.Visits["77"] = visit with { State = state, Modified = world.Now }; return World.Visit("77");
        }
        deal["updated_at"] = world.Now.ToString("O");
        return World.Deal("42");
    }

    private static string StageOf(VisitState state) => state switch { VisitState.Confirmed => "20", VisitState.Arrived => "30", VisitState.NoShow => "40", _ => "50" };

    private async Task LinkedAsync()
    {
        AddDeal();
        await SyncAsync(World.Deal("42"));
        world.Booking.Commands.Clear();
        world.Crm.Commands.Clear();
    }

    private ActivityRun Run(MailboxKey subject, string rule = "newest") =>
        world.Run(new SyncBooking { PipelineId = new("1"), StageId = new("10"), Conflict = new(rule) }, subject, ++runs);

    private Task<ActivityRun> SyncAsync(MailboxKey subject, string rule = "newest") => Run(subject, rule).RunAsync();

    private Task DrainAsync(params MailboxKey[] more) => DrainAsync("newest", more);

    private async Task DrainAsync(string rule, params MailboxKey[] more)
    {
        foreach (var item in more) events.Enqueue(item);
        while (events.TryDequeue(out var next)) Assert.Null((await SyncAsync(next, rule)).Waiting);
    }

    private void AddDeal() => world.Crm.Add("deal", "42",
        "{'name':'Сделка','contact_id':'7','pipeline_id':'1','stage_id':'10','cf':{'1':{'name':'Услуга','value':'стрижка'},'2':{'name':'Специалист','value':'Анна'},'3':{'name':'Дата визита','value':'2026-03-10T12:00:00+03:00'}}}");

    private void AddVisit(string id, VisitState state = VisitState.Booked, string phone = "+79161234567") =>
        world.Booking.Visits[id] = new(id, "c" + id, "Клиентка", phone, "e1", Start, Start.AddHours(1), state, "scheduled", ["s1"], world.Now);

    private void SetStart(DateTimeOffset start) => SetField("Дата визита", start.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));

    private void SetField(string name, string value) =>
        ((JObject)world.Crm.Deal("42")["cf"]!).Properties().Single(property => (string?)property.Value["name"] == name).Value["value"] = value;

    private static string? Field(JObject deal, string name) =>
        (string?)(deal["cf"] as JObject)?.Properties().FirstOrDefault(property => (string?)property.Value["name"] == name)?.Value["value"];
}
