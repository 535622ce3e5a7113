using Automation.Simulators;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Automation.Connectors.Tests.Simulators;

public sealed class AmoCrmHookTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_785_312_000));
    private readonly HookReceiver receiver = new();
    private readonly AmoCrmSimulator amo;
    private SimulatorHost host = null!;
    private AmoEntity deal = null!;

    public AmoCrmHookTests() => amo = new AmoCrmSimulator(new AmoCrmOptions { Clock = clock });

    private string Address => new Uri(host.Address, "hook").ToString();

    public async ValueTask InitializeAsync()
    {
        host = await SimulatorHost.StartAsync([amo], receiver.Map, TestContext.Current.CancellationToken);
        SandboxSeed.Directory(amo);
        deal = amo.AddDeal("Заявка №518", SandboxIds.SalesPipeline, SandboxIds.NewRequest, 45_000, SandboxIds.Ivan, id: SandboxIds.RichDeal);
    }

    public async ValueTask DisposeAsync()
    {
        await amo.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Move_BothSubscribed_TellsUpdateAndStatusInTheOldNames()
    {
        amo.Subscribe(Address, ["update_lead", "status_lead"]);
        clock.Advance(TimeSpan.FromMinutes(5));

        amo.MoveDeal(deal.Id, SandboxIds.SalesPipeline, SandboxIds.Qualification, SandboxIds.Maria);

        var update = await receiver.NextAsync();
        var status = await receiver.NextAsync();
        Assert.Equal("leads[update][0][id]=40215877", update[0]);
        Assert.Equal(
        [
            "leads[status][0][id]=40215877", "leads[status][0][name]=Заявка №518", "leads[status][0][status_id]=68120454",
            "leads[status][0][old_status_id]=68120450", "leads[status][0][price]=45000", "leads[status][0][responsible_user_id]=9050111",
            "leads[status][0][last_modified]=1785312300", "leads[status][0][modified_user_id]=9050112", "leads[status][0][created_user_id]=9050111",
            "leads[status][0][date_create]=1785312000", "leads[status][0][pipeline_id]=8240010", "leads[status][0][account_id]=31700500",
            "leads[status][0][created_at]=1785312000", "leads[status][0][updated_at]=1785312300",
            "account[subdomain]=demo", "account[id]=31700500", "account[_links][self]=https://demo.amocrm.ru",
        ], status);
    }

    [Fact]
    public async Task SetField_Date_IsAScalarAndAListCarriesItsEnum()
    {
        amo.SetField(AmoKind.Leads, deal.Id, SandboxIds.City, "Казань");
        amo.Subscribe(Address, ["update_lead"]);

        amo.SetField(AmoKind.Leads, deal.Id, SandboxIds.VisitDate, 1_785_398_400);

        var body = await receiver.NextAsync();
        Assert.Contains("leads[update][0][custom_fields][0][values][0][value]=Казань", body);
        Assert.Contains("leads[update][0][custom_fields][0][values][0][enum]=551210", body);
        Assert.Contains("leads[update][0][custom_fields][1][values][0]=1785398400", body);
    }

    [Fact]
    public async Task AddNote_NestsTwiceAndUsesTheOldNumber()
    {
        amo.Subscribe(Address, ["note_lead"]);

        amo.AddNote(deal.Id, "Клиент просил перезвонить", SandboxIds.Ivan);

        var body = await receiver.NextAsync();
        Assert.Contains("leads[note][0][note][note_type]=4", body);
        Assert.Contains("leads[note][0][note][text]=Клиент просил перезвонить", body);
        Assert.Contains("leads[note][0][note][attachement]=", body);
        Assert.Contains("leads[note][0][note][date_create]=2026-07-29 11:00:00", body);
        Assert.Contains(body, line => line.StartsWith("leads[note][0][note][metadata]={\"event_source\":{\"id\":9050111,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddTask_TextTimesAreUtcWithUnixTwins()
    {
        amo.Subscribe(Address, ["add_task"]);

        amo.AddTask(deal.Id, "Перезвонить", DateTimeOffset.FromUnixTimeSeconds(1_785_358_740));

        var body = await receiver.NextAsync();
        Assert.Contains("task[add][0][element_type]=2", body);
        Assert.Contains("task[add][0][date_create]=2026-07-29 08:00:00", body);
        Assert.Contains("task[add][0][complete_before]=1785358740", body);
    }

    [Fact(Timeout = 20_000)]
    public async Task Change_NothingDiffers_TellsNothing()
    {
        amo.Subscribe(Address);

        amo.Change(AmoKind.Leads, deal.Id, same => same);
        amo.AssignDeal(deal.Id, SandboxIds.Pavel);

        Assert.StartsWith("leads[update][0]", (await receiver.NextAsync())[0], StringComparison.Ordinal);
        Assert.Contains("leads[responsible][0][old_responsible_user_id]=9050111", await receiver.NextAsync());
        await amo.Hooks.IdleAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, amo.Hooks.Deliveries.Count);
    }

    [Fact(Timeout = 20_000)]
    public async Task Delivery_ReceiverFails_RepeatsAfterFiveMinutesThenFifteen()
    {
        amo.Subscribe(Address, ["delete_lead"]);
        receiver.Status = 500;
        amo.DeleteDeal(deal.Id);
        await amo.Hooks.DeliveredAsync(1, TestContext.Current.CancellationToken);

        clock.Advance(TimeSpan.FromMinutes(5));
        await amo.Hooks.DeliveredAsync(2, TestContext.Current.CancellationToken);
        receiver.Status = 202;
        clock.Advance(TimeSpan.FromMinutes(15));
        await amo.Hooks.DeliveredAsync(3, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], amo.Hooks.Deliveries.Select(delivery => delivery.Attempt));
        Assert.Equal([500, 500, 202], amo.Hooks.Deliveries.Select(delivery => delivery.Status));
    }

    [Fact]
    public async Task Release_HeldBackwards_ArrivesOutOfOrder()
    {
        amo.Subscribe(Address, ["status_lead"]);
        amo.Hooks.Hold = true;
        amo.MoveDeal(deal.Id, SandboxIds.SalesPipeline, SandboxIds.Qualification);
        amo.MoveDeal(deal.Id, SandboxIds.SalesPipeline, SandboxIds.Meeting);

        amo.Hooks.Release(backwards: true);

        Assert.Contains("leads[status][0][status_id]=68120458", await receiver.NextAsync());
        Assert.Contains("leads[status][0][status_id]=68120454", await receiver.NextAsync());
    }
}
