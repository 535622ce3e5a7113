using Automation.Connectors.Http;
using Automation.Connectors.Klientiks;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Automation.Simulators;
using Automation.Simulators.Klientiks;
using Automation.Simulators.Seed;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Tests.Klientiks;

public sealed class KlientiksTests : IAsyncLifetime
{
    private readonly KlientiksSimulator system = new(new KlientiksOptions { Prefix = "/sandbox/booking" });
    private readonly GuardedHttpGateway http = new(Options.Create(new GuardedHttpOptions()), TimeProvider.System);
    private readonly DateTimeOffset since = TimeProvider.System.GetUtcNow();
    private SimulatorHost host = null!;
    private IBookingSystem booking = null!;
    private Connection connection = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await SimulatorHost.StartAsync(system);
        SandboxSeed.BookingDirectory(system);
        connection = Hooks.Connection("klientiks", new Uri(host.Address, "sandbox/booking"), settings: new JObject
        {
            ["accountId"] = system.Options.AccountId,
            ["userId"] = system.Options.UserId,
            ["requestsPerSecond"] = 100,
            ["burst"] = 100,
        });
        booking = Open<IBookingSystem>();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        system.Dispose();
    }

    private T Open<T>(string? token = null) => (T)new KlientiksConnector(http, new FixedSecrets(("token", token ?? system.Options.Token)), TimeProvider.System).Open(connection, typeof(T));

    /// <summary>Tomorrow at noon in Moscow.</summary>
    private DateTimeOffset Noon => new(system.Today.AddDays(1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.FromHours(3));

    private BookingCommand Booking => new(null, "Анна", "+79161234501", "11", ["22"], Noon, null, null);

    private static string IdOf(EffectResult result) => (string)Assert.IsType<Delivered>(result).Value["visitId"]!;

    [Fact]
    public async Task Book_NewClient_ClientMadeVisitStoredAndReadBack()
    {
        var done = Assert.IsType<Delivered>(await booking.ExecuteAsync(Booking, "key", Cancel));
        var visit = await booking.ReadVisitAsync((string)done.Value["visitId"]!, Cancel);

        Assert.Equal((Noon, Noon.AddMinutes(45), "11", VisitState.Booked, "+79161234501"), (visit!.Start, visit.Finish, visit.ExecutorId, visit.State, visit.ClientPhone));
        Assert.Equal(["22"], visit.ServiceIds);
        Assert.Equal(visit.ClientId, (string?)done.Value["clientId"]);
        Assert.Equal(Noon, DateTimeOffset.Parse((string)done.Value["start"]!, System.Globalization.CultureInfo.InvariantCulture));
        await booking.ExecuteAsync(Booking with { Start = Noon.AddHours(2) }, "key2", Cancel);
        Assert.Single(system.Clients);
    }

    [Fact]
    public async Task Book_SlotTaken_RejectedWithItsText()
    {
        IdOf(await booking.ExecuteAsync(Booking, "key", Cancel));
        Assert.Equal("slot_taken", Assert.IsType<Rejected>(await booking.ExecuteAsync(Booking with { ClientPhone = "+79161234502" }, "key2", Cancel)).Code);
    }

    [Fact]
    public async Task Book_AnswerLost_FoundByExecutorAndStart()
    {
        system.AddClient(new KlientiksClient(501, "Анна", "Смирнова", "79161234501"));
        Assert.IsType<Retry>(await booking.FindAsync(Booking, "key", since, Cancel));
        system.Faults.LoseNextAnswers();
        Assert.IsType<ResultUnknown>(await booking.ExecuteAsync(Booking, "key", Cancel));
        Assert.Equal(Assert.Single(system.Visits).Id.ToString(System.Globalization.CultureInfo.InvariantCulture), IdOf(await booking.FindAsync(Booking, "key", since, Cancel)));
    }

    [Fact]
    public async Task Change_MovedAndMarked_LengthKept()
    {
        var id = IdOf(await booking.ExecuteAsync(Booking, "key", Cancel));
        IdOf(await booking.ExecuteAsync(new BookingCommand(id, null, null, null, null, Noon.AddHours(3), null, null), "key2", Cancel));
        var moved = await booking.ReadVisitAsync(id, Cancel);
        Assert.Equal((Noon.AddHours(3), Noon.AddHours(3).AddMinutes(45)), (moved!.Start, moved.Finish));

        foreach (var (state, code) in new[] { (VisitState.Confirmed, "confirmed"), (VisitState.Arrived, "in_progress"), (VisitState.Done, "finished"), (VisitState.NoShow, "missed"), (VisitState.Cancelled, "cancelled") })
        {
            IdOf(await booking.ExecuteAsync(new BookingCommand(id, null, null, null, null, null, null, state), "key3", Cancel));
            Assert.Equal(code, Assert.Single(system.Visits).Status);
        }
        Assert.Equal("visit_not_found", Assert.IsType<Rejected>(await booking.ExecuteAsync(new BookingCommand("1", null, null, null, null, Noon, null, null), "key4", Cancel)).Code);
    }

    [Fact]
    public async Task Wire_AllItsShapes_Understood()
    {
        var switches = system.Switches;
        (switches.StatusAsBoolean, switches.EmptyErrorsAsArray, switches.SingleItemAsObject, switches.OffsetAsAsked, switches.RoundToQuarter) = (true, true, true, true, true);
        var id = IdOf(await booking.ExecuteAsync(Booking with { Start = Noon.AddMinutes(4) }, "key", Cancel));
        Assert.Equal(Noon, (await booking.ReadVisitAsync(id, Cancel))!.Start);
        Assert.Equal(id, IdOf(await booking.FindAsync(Booking with { Start = Noon.AddMinutes(4) }, "key", since, Cancel)));
        Assert.Equal(3, (await booking.ReadExecutorsAsync(Cancel)).Count);
        Assert.Contains(new NamedItem("22", "Консультация"), await booking.ReadServicesAsync(Cancel));
        Assert.Null(await booking.ReadVisitAsync("1", Cancel));
        switches.UnknownState = "on_the_way";
        var visit = await booking.ReadVisitAsync(id, Cancel);
        Assert.Equal((VisitState.Unknown, "on_the_way"), (visit!.State, visit.RawState));
        switches.HtmlPage = true;
        Assert.True((await Assert.ThrowsAsync<RemoteCallException>(() => booking.ReadVisitAsync(id, Cancel))).MayPass);
    }

    [Fact]
    public async Task Access_Refused_SaysSoAndNeverShowsTheToken()
    {
        var refused = Assert.IsType<Rejected>(await Open<IBookingSystem>("wrong-token-value").ExecuteAsync(Booking, "key", Cancel));
        Assert.Equal("booking_token_refused", refused.Code);
        Assert.DoesNotContain("wrong-token-value", refused.Message, StringComparison.Ordinal);
        system.Faults.FailNext(1, 429);
        Assert.IsType<Retry>(await Open<IBookingSystem>().ExecuteAsync(Booking, "key", Cancel));
    }

    [Fact]
    public async Task Feed_ChangesSince_EachVersionOneKeyAndCursorIsTheirs()
    {
        var feed = Open<IChangeFeed>();
        var start = (await feed.ReadAsync(null, Cancel)).Cursor;
        var client = system.AddClient(new KlientiksClient(501, "Анна", "Смирнова", "79161234501"));
        for (var i = 0; i < 130; i++)
            system.AddVisit(new KlientiksVisit(0, 0, client.Id, 11, Noon.AddDays(i).DateTime, Noon.AddDays(i).DateTime.AddMinutes(45), "scheduled"));

        var first = await feed.ReadAsync(start, Cancel);
        var again = await feed.ReadAsync(first.Cursor, Cancel);
        var told = first.Events[0];

        Assert.Equal(130, first.Events.Count);
        Assert.Equal(first.Events.Select(item => item.DedupKey).Order(), again.Events.Select(item => item.DedupKey).Order());
        Assert.Equal(first.Cursor, again.Cursor);
        Assert.Equal((EventKinds.BookingCreated, "booking", "Booked"), (told.Kind, told.EntityType, (string?)told.Data["state"]));
        Assert.Equal(["+79161234501"], told.Data["phone"]!.Values<string>());

        // The same version by way of a hint is the same event; a new state is another.
        var hint = new CrmEvent { Kind = EventKinds.Hint, EntityType = "booking", EntityId = told.EntityId, DedupKey = "x" };
        Assert.Equal(told.DedupKey, Assert.Single(await feed.ReadHintAsync(hint, Cancel)).DedupKey);
        system.ChangeVisit(long.Parse(told.EntityId, System.Globalization.CultureInfo.InvariantCulture), visit => visit with { Status = "confirmed" });
        Assert.NotEqual(told.DedupKey, Assert.Single(await feed.ReadHintAsync(hint, Cancel)).DedupKey);
    }

    [Fact]
    public async Task Limit_OneASecondBurstOfTwo_HoldsBack()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var gateway = new CountingGateway();
        var slow = (IBookingSystem)new KlientiksConnector(gateway, new FixedSecrets(("token", "t")), clock).Open(connection with { Settings = new JObject { ["accountId"] = "a", ["userId"] = "u" } }, typeof(IBookingSystem));
        var calls = Enumerable.Range(0, 4).Select(_ => slow.ReadExecutorsAsync(Cancel)).ToArray();
        Assert.Equal(2, gateway.Calls.Count);
        Assert.All(gateway.Calls, call => Assert.True(call.Sensitive));
        clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAny(calls[2]);
        await calls[2];
        Assert.Equal(3, gateway.Calls.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(calls);
    }

    [Theory]
    [InlineData("?visit=77001", null, "", "77001")]
    [InlineData("", "application/x-www-form-urlencoded", "appointment_id=77002&status=cancelled", "77002")]
    [InlineData("", "application/json", "{\"id\":77003}", "77003")]
    [InlineData("?visit=abc", null, "", "poll")]
    [InlineData("", "application/json", "{broken", "poll")]
    public void Hook_AnyForm_IsAHint(string query, string? type, string body, string id)
    {
        var values = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var request = Hooks.Request(connection, System.Text.Encoding.UTF8.GetBytes(body), type) with { Query = values };
        var told = Assert.Single(Assert.IsType<HookReading.Events>(new KlientiksHookSource().Read(request)).Items);
        Assert.Equal((EventKinds.Hint, "booking", id), (told.Kind, told.EntityType, told.EntityId));
    }

    private sealed class CountingGateway : IHttpGateway
    {
        public List<HttpCall> Calls { get; } = [];

        public Task<HttpAnswer> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            lock (Calls) Calls.Add(call);
            return Task.FromResult<HttpAnswer>(new HttpAnswer.Received(200, new Dictionary<string, string>(), "{\"items\":\"No data\"}"u8.ToArray(), "application/json"));
        }
    }
}
