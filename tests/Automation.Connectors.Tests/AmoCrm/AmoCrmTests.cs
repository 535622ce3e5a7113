using Automation.Connectors.AmoCrm;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Automation.Simulators;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Tests.AmoCrm;

public sealed class AmoCrmTests : IAsyncLifetime
{
    private const string Key = "5f0c1d2e5f0c1d2e5f0c1d2e5f0c1d2e5f0c1d2e5f0c1d2e5f0c1d2e5f0c1d2e";
    private static readonly string Deal = SandboxIds.RichDeal.ToString(System.Globalization.CultureInfo.InvariantCulture);
    private readonly DateTimeOffset since = TimeProvider.System.GetUtcNow();

    private readonly AmoCrmSimulator amo = new(new AmoCrmOptions { Prefix = "/sandbox/amo" });
    private readonly GuardedHttpGateway http = new(Options.Create(new GuardedHttpOptions()), TimeProvider.System);
    private SimulatorHost host = null!;
    private Connection connection = null!;
    private ICrm crm = null!;
    private byte[] lastHook = [];
    private readonly TaskCompletionSource hookCame = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await SimulatorHost.StartAsync([amo], app => app.MapPost("/hook", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lastHook = body.ToArray();
            hookCame.TrySetResult();
        }), Cancel);
        SandboxSeed.Directory(amo);
        amo.AddContact("Анна Смирнова", "+79161234501", id: SandboxIds.RichContact);
        amo.AddDeal("Заявка", SandboxIds.SalesPipeline, SandboxIds.NewRequest, 45000, id: SandboxIds.RichDeal);
        amo.Link(AmoKind.Leads, SandboxIds.RichDeal, AmoKind.Contacts, SandboxIds.RichContact, isMain: true);
        connection = Hooks.Connection("amocrm", new Uri(host.Address, "sandbox/amo"), "31700500");
        crm = Open();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        await amo.DisposeAsync();
    }

    private ICrm Open(string token = "sandbox-demo-token") =>
        (ICrm)new AmoCrmConnector(http, new FixedSecrets(("token", token)), TimeProvider.System).Open(connection, typeof(ICrm));

    private static CreateDeal NewDeal(string? city = "Казань") => new(
        "Дочерняя", Text(SandboxIds.CarePipeline), Text(SandboxIds.NewClient), 1000.4m, Text(SandboxIds.Maria), Text(SandboxIds.RichContact), null,
        ["новый#8699DA"], city is null ? null : new Dictionary<string, JToken> { ["Город"] = city });

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string IdOf(EffectResult result) => (string)Assert.IsType<Delivered>(result).Value["id"]!;

    [Fact]
    public async Task Read_Deal_EqualsWhatTheHookTold()
    {
        amo.Subscribe(new Uri(host.Address, "hook").ToString());
        amo.Change(AmoKind.Leads, SandboxIds.RichDeal, deal => deal with { Name = "Новое имя" });
        await hookCame.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        amo.SetField(AmoKind.Leads, SandboxIds.RichDeal, SandboxIds.City, "Казань");

        var read = await crm.ReadAsync("deal", Deal, Cancel);
        var told = Assert.Single(Assert.IsType<HookReading.Events>(new AmoCrmHookSource().Read(Hooks.Request(connection, lastHook))).Items).Data;

        Assert.Equal(Text(SandboxIds.RichContact), (string?)read!["contact_id"]);
        Assert.Equal("Казань", (string?)read["cf"]![Text(SandboxIds.City)]!["value"]);
        foreach (var name in new[] { "id", "name", "price", "stage_id", "pipeline_id", "responsible_id", "created_at", "created_by" })
            Assert.True(JToken.DeepEquals(told[name], read[name]), $"{name}: {told[name]} / {read[name]}");
        Assert.Null(await crm.ReadAsync("deal", "1", Cancel));
    }

    [Fact]
    public async Task CreateDeal_Whole_LinkedTaggedAndFoundByKey()
    {
        var id = IdOf(await crm.ExecuteAsync(NewDeal(), Key, Cancel));
        var deal = await crm.ReadAsync("deal", id, Cancel);

        Assert.Equal(Text(SandboxIds.RichContact), (string?)deal!["contact_id"]);
        Assert.Equal("Казань", (string?)deal["cf"]![Text(SandboxIds.City)]!["value"]);
        Assert.Equal(["новый"], deal["tags"]!.Values<string>());
        Assert.Equal("8699DA", amo.Tags(AmoKind.Leads).Single(tag => tag.Name == "новый").Color);
        Assert.Equal(1000m, (decimal)deal["price"]!);
        Assert.Equal(id, IdOf(await crm.FindAsync(NewDeal(), Key, since, Cancel)));
        Assert.IsType<Retry>(await crm.FindAsync(NewDeal(), new string('0', 64), since, Cancel));
    }

    [Fact]
    public async Task CreateDeal_AnswerLost_UnknownThenFoundAndNotDoubled()
    {
        await crm.ExecuteAsync(new UpdateEntity("deal", Deal, Fields: new Dictionary<string, JToken> { ["Город"] = "Москва" }), Key, Cancel);
        var before = amo.Deals.Count;
        amo.Faults.LoseNextAnswers();
        Assert.IsType<ResultUnknown>(await crm.ExecuteAsync(NewDeal(null) with { Tags = null }, Key, Cancel));
        Assert.IsType<Delivered>(await crm.FindAsync(NewDeal(null), Key, since, Cancel));
        Assert.Equal(before + 1, amo.Deals.Count);
    }

    [Fact]
    public async Task Update_FieldsByNameAndTags_WrittenInTheirForms()
    {
        var fields = new Dictionary<string, JToken> { ["город"] = "Москва", ["Дата визита"] = "2026-07-30T11:00:00+03:00", [Text(SandboxIds.VisitId)] = 77001 };
        IdOf(await crm.ExecuteAsync(
            new UpdateEntity("deal", Deal, StageId: Text(SandboxIds.Meeting), PipelineId: Text(SandboxIds.SalesPipeline), Fields: fields, AddTags: ["vip", "цвет#FF8F92"]), Key, Cancel));
        await crm.ExecuteAsync(new UpdateEntity("deal", Deal, RemoveTags: ["vip"], Fields: new Dictionary<string, JToken> { ["Visit ID"] = JValue.CreateNull() }), Key, Cancel);

        var deal = amo.Deal(SandboxIds.RichDeal)!;
        Assert.Equal(SandboxIds.Meeting, deal.StatusId);
        Assert.Equal(551211, deal.Fields[SandboxIds.City][0].EnumId);
        Assert.Equal("1785398400", deal.Text(SandboxIds.VisitDate));
        Assert.Null(deal.Text(SandboxIds.VisitId));
        Assert.Equal(["цвет"], deal.Tags.Select(tag => tag.Name));
        Assert.Equal(0, deal.UpdatedBy);
    }

    [Fact]
    public async Task Update_UnknownFieldOrOption_RejectedWithoutACall()
    {
        var field = Assert.IsType<Rejected>(await crm.ExecuteAsync(new UpdateEntity("deal", Deal, Fields: new Dictionary<string, JToken> { ["Нет такого"] = "x" }), Key, Cancel));
        var option = Assert.IsType<Rejected>(await crm.ExecuteAsync(new UpdateEntity("deal", Deal, Fields: new Dictionary<string, JToken> { ["Город"] = "Нигде" }), Key, Cancel));
        Assert.Equal(("crm_field_unknown", "crm_value_invalid"), (field.Code, option.Code));
        Assert.Equal(0, amo.Calls.Writes);
    }

    [Fact]
    public async Task NotesAndTasks_WrittenInOneCallEach_ReadBackAndFound()
    {
        var notes = new AddNotes("deal", Deal, ["первая", "вторая"]);
        var tasks = new CreateTasks("deal", Deal, [new("Позвонить", since.AddHours(1), "1", Text(SandboxIds.Pavel)), new("Написать", since.AddHours(2), null, null)]);
        var noteIds = Assert.IsType<Delivered>(await crm.ExecuteAsync(notes, Key, Cancel)).Value["ids"]!.Values<string>();
        var taskIds = Assert.IsType<Delivered>(await crm.ExecuteAsync(tasks, Key, Cancel)).Value["ids"]!.Values<string>().ToList();

        Assert.Equal(2, amo.Calls.Writes);
        Assert.Equal(["первая", "вторая"], (await crm.ReadNotesAsync("deal", Deal, Cancel)).Where(note => note.Kind == "common").Select(note => note.Text));
        Assert.Equal(["Позвонить", "Написать"], (await crm.ReadTasksAsync("deal", Deal, Cancel)).Select(task => task.Text));
        Assert.Equal(noteIds, Assert.IsType<Delivered>(await crm.FindAsync(notes, Key, since, Cancel)).Value["ids"]!.Values<string>());
        Assert.Equal(taskIds, Assert.IsType<Delivered>(await crm.FindAsync(tasks, Key, since, Cancel)).Value["ids"]!.Values<string>());
        Assert.IsType<Retry>(await crm.FindAsync(new AddNotes("deal", Deal, ["третья"]), Key, since, Cancel));

        Assert.IsType<Delivered>(await crm.ExecuteAsync(new UpdateTasks([new(taskIds[0]!, Done: true), new(taskIds[1]!, ResponsibleId: Text(SandboxIds.Elena))]), Key, Cancel));
        Assert.Equal([true, false], (await crm.ReadTasksAsync("deal", Deal, Cancel)).Select(task => task.Done));
    }

    [Fact]
    public async Task Find_DealsAndContacts_ByLinkAndPhone()
    {
        amo.AddDeal("Чужая", SandboxIds.SalesPipeline, SandboxIds.NewRequest);
        var won = amo.AddDeal("Закрытая", SandboxIds.SalesPipeline, SandboxIds.Won);
        amo.Link(AmoKind.Leads, won.Id, AmoKind.Contacts, SandboxIds.RichContact);

        Assert.Equal([Deal], (await crm.FindDealsAsync(new DealQuery(ContactId: Text(SandboxIds.RichContact)), Cancel)).Select(deal => (string?)deal["id"]));
        Assert.Equal(2, (await crm.FindDealsAsync(new DealQuery(ContactId: Text(SandboxIds.RichContact), OpenOnly: false), Cancel)).Count);
        Assert.Equal(Text(SandboxIds.RichContact), (string?)(await crm.FindContactByPhoneAsync("+79161234501", Cancel))!["id"]);
        Assert.Null(await crm.FindContactByPhoneAsync("+79990000000", Cancel));
    }

    [Fact]
    public async Task Create_Contact_FoundByPhoneAndByLookup()
    {
        var command = new CreateContact("Олег Егоров", "+79161234502", "oleg@demo.example", null);
        var id = IdOf(await crm.ExecuteAsync(command, Key, Cancel));
        Assert.Equal(id, (string?)(await crm.FindContactByPhoneAsync("89161234502", Cancel))!["id"]);
        Assert.Equal(id, IdOf(await crm.FindAsync(command, Key, since, Cancel)));
    }

    [Fact]
    public async Task Files_OfADeal_CarriedToAnother()
    {
        var file = amo.AddFile(AmoKind.Leads, SandboxIds.RichDeal, "scan.pdf", [1, 2, 3]);
        var child = amo.AddDeal("Дочерняя", SandboxIds.CarePipeline, SandboxIds.NewClient);
        Assert.Equal([file.Uuid], await crm.ReadFilesAsync("deal", Deal, Cancel));
        Assert.IsType<Delivered>(await crm.ExecuteAsync(new AttachFiles("deal", Text(child.Id), [file.Uuid]), Key, Cancel));
        Assert.Equal([file.Uuid], await crm.ReadFilesAsync("deal", Text(child.Id), Cancel));
    }

    [Theory]
    [InlineData(401, "crm_token_refused")]
    [InlineData(402, "crm_account_unpaid")]
    [InlineData(403, "crm_forbidden")]
    [InlineData(400, "crm_request_invalid")]
    public async Task Execute_RefusedForGood_RejectedByItsCode(int status, string code)
    {
        amo.Faults.FailNext(1, status);
        Assert.Equal(code, Assert.IsType<Rejected>(await crm.ExecuteAsync(new UpdateEntity("deal", Deal, Name: "x"), Key, Cancel)).Code);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(504)]
    public async Task Execute_RefusedForNow_Retry(int status)
    {
        amo.Faults.FailNext(1, status);
        Assert.IsType<Retry>(await crm.ExecuteAsync(new UpdateEntity("deal", Deal, Name: "x"), Key, Cancel));
    }

    [Fact]
    public async Task Execute_CreateAnswered504_Unknown()
    {
        amo.Faults.FailNext(1, 504);
        Assert.IsType<ResultUnknown>(await crm.ExecuteAsync(new AddNotes("deal", Deal, ["x"]), Key, Cancel));
    }

    [Fact]
    public async Task Calls_ManyAtOnce_NeverOverTheVendorsLimit()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => crm.ReadAsync("deal", Deal, Cancel)));
        Assert.InRange(amo.Calls.PeakPerSecond, 1, 7);
        Assert.All(amo.Calls.All, call => Assert.Equal(200, call.Status));
    }

    [Fact]
    public async Task Connect_FreshAccount_FieldMadeHooksSubscribedAndAgainHarmless()
    {
        await using var fresh = new AmoCrmSimulator(new AmoCrmOptions());
        fresh.AddUser("Иван", "ivan@demo.example", SandboxIds.Ivan, isAdmin: true);
        fresh.AddPipeline(SandboxIds.SalesPipeline, "Продажи", (SandboxIds.NewRequest, "Новая"));
        await using var freshHost = await SimulatorHost.StartAsync(fresh);
        var hook = new Uri("https://crm.example/hooks/amocrm/secret");
        fresh.Subscribe(hook.AbsoluteUri, ["add_lead", "add_chat_template_review"]);
        var setup = new AmoCrmSetup(new AmoCrmConnector(http, new FixedSecrets(), TimeProvider.System));
        var target = Hooks.Connection("amocrm", freshHost.Address);

        var first = await setup.ConnectAsync(target, "sandbox-demo-token", hook, Cancel);
        var second = await setup.ConnectAsync(target, "sandbox-demo-token", hook, Cancel);

        Assert.True(first.Ok, first.Message.English);
        Assert.True(first.KeyFieldMade);
        Assert.False(second.KeyFieldMade);
        Assert.Equal("31700500", first.Directory!.AccountId);
        Assert.Equal("Europe/Moscow", first.Directory.TimeZone);
        Assert.Single(fresh.Fields(AmoKind.Leads), field => field.Code == "AUTOMATION_KEY");
        var subscription = Assert.Single(fresh.Webhooks);
        Assert.Contains("add_chat_template_review", subscription.Settings);
        Assert.Contains("status_lead", subscription.Settings);
    }

    [Fact]
    public async Task Hooks_OfARemovedConnection_AreTakenAwayAndOthersStay()
    {
        await using var fresh = new AmoCrmSimulator(new AmoCrmOptions());
        fresh.AddUser("Иван", "ivan@demo.example", SandboxIds.Ivan, isAdmin: true);
        await using var freshHost = await SimulatorHost.StartAsync(fresh);
        fresh.Subscribe("https://crm.example/hooks/amocrm/secret");
        fresh.Subscribe("https://crm.example/hooks/amocrm/another");
        fresh.Subscribe("https://other.example/");
        var hash = System.Security.Cryptography.SHA256.HashData("secret"u8);
        var target = Hooks.Connection("amocrm", freshHost.Address);
        IHookRegistrations With(params (string, string)[] secrets) => (IHookRegistrations)new AmoCrmConnector(http, new FixedSecrets(secrets), TimeProvider.System).Open(target, typeof(IHookRegistrations));

        var found = await With(("token", "sandbox-demo-token")).FindAsync(hash, Cancel);
        Assert.Equal(1, found.Count);
        Assert.True(await found.EndAsync(Cancel));
        Assert.Equal(["https://crm.example/hooks/amocrm/another", "https://other.example/"], fresh.Webhooks.Select(hook => hook.Destination));
        // Again, when it is gone: nothing to do, and done is done.
        Assert.True(await found.EndAsync(Cancel));
        Assert.Equal(0, (await With(("token", "sandbox-demo-token")).FindAsync(hash, Cancel)).Count);
        await Assert.ThrowsAsync<RemoteCallException>(() => With().FindAsync(hash, Cancel));
    }

    [Fact]
    public async Task Connect_WrongToken_SaysSoInBothLanguages()
    {
        var setup = new AmoCrmSetup(new AmoCrmConnector(http, new FixedSecrets(), TimeProvider.System));
        var result = await setup.ConnectAsync(connection, "wrong", new Uri("https://crm.example/h"), Cancel);
        Assert.Equal("crm_token_refused", result.Code);
        Assert.Contains("токен", result.Message.Russian, StringComparison.Ordinal);
        Assert.Contains("token", result.Message.English, StringComparison.Ordinal);
    }
}
