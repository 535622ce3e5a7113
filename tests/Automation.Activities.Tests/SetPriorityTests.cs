using Automation.Activities.Crm.Priority;

namespace Automation.Activities.Tests;

public sealed class SetPriorityTests
{
    private readonly World world = new();

    public SetPriorityTests()
    {
        world.Crm.Add("deal", "42", "{'name':'Сделка','tags':['VIP','Приоритет: Низкий'],'cf':{'5':{'name':'Приоритет','value':'Низкий'}}}");
        world.Crm.AddTask("t1", "42", "Позвонить", world.Now.AddDays(1), "1");
        world.Crm.AddTask("t2", "42", "⚪ Отправить счёт", world.Now.AddDays(1), "1");
        world.Crm.AddTask("t3", "42", "⚪ Готово", world.Now, "1", done: true);
    }

    [Fact] // PR-2
    public async Task SetPriority_High_MarksDealAndOpenTasksOnly()
    {
        var run = await world.OnDealAsync(new SetPriority { Priority = new("Высокий") }, "42");

        Assert.Equal("Done", run.Outcome);
        var deal = world.Crm.Deal("42");
        Assert.Equal("Высокий", (string?)deal["cf"]!["5"]!["value"]);
        Assert.Equal(["VIP", "Приоритет: Высокий"], deal["tags"]!.Select(tag => (string)tag!));
        Assert.Contains("Приоритет: Высокий#FF8F92", Assert.Single(world.Crm.Commands.OfType<UpdateEntity>()).AddTags!);
        Assert.Equal("🔴 Позвонить", world.Crm.Tasks["t1"].Text);
        Assert.Equal("🔴 Отправить счёт", world.Crm.Tasks["t2"].Text);
        Assert.Equal("⚪ Готово", world.Crm.Tasks["t3"].Text);
    }

    [Fact] // PR-6
    public async Task SetPriority_HundredTimes_WritesOnce()
    {
        for (var i = 1; i <= 100; i++) await world.OnDealAsync(new SetPriority { Priority = new("Высокий") }, "42", i);

        Assert.Single(world.Crm.Commands.OfType<UpdateEntity>());
        Assert.Single(world.Crm.Commands.OfType<UpdateTasks>());
    }

    [Theory] // PR-4
    [InlineData("Срочный", "Низкий")]
    [InlineData("Низкий", "Срочный")]
    public async Task SetPriority_OnlyRaise_HighestRankWinsInAnyOrder(string first, string second)
    {
        await world.OnDealAsync(new SetPriority { Priority = new(first), OnlyRaise = new(true) }, "42", 1);
        await world.OnDealAsync(new SetPriority { Priority = new(second), OnlyRaise = new(true) }, "42", 2);

        Assert.Equal("Срочный", (string?)world.Crm.Deal("42")["cf"]!["5"]!["value"]);
    }

    [Fact]
    public async Task SetPriority_NormalAfterHigh_TakesMarkOff()
    {
        await world.OnDealAsync(new SetPriority { Priority = new("Высокий"), TaskMark = new("text") }, "42", 1);
        Assert.Equal("[Высокий] Позвонить", world.Crm.Tasks["t1"].Text);

        await world.OnDealAsync(new SetPriority { Priority = new("Normal") }, "42", 2);

        Assert.Equal("Позвонить", world.Crm.Tasks["t1"].Text);
    }

    [Fact] // PR-1
    public void PriorityLevel_Defaults_HaveReadableColours()
    {
        Assert.Empty(PriorityLevel.Problems(PriorityLevel.Defaults));
        Assert.Contains("priority_color_invalid: X", PriorityLevel.Problems([new("X", null, 1, "xyz", null)]));
    }

    [Fact]
    public async Task SetPriority_OwnLevelsAsJsonText_AreUsed()
    {
        var levels = "[{\"name\":\"A\",\"rank\":1,\"color\":\"FFFFFF\",\"mark\":\"*\"}]";

        await world.OnDealAsync(new SetPriority { Priority = new("A"), Levels = new(new JValue(levels)), Field = new("-"), Tag = new("P") }, "42");

        Assert.Contains("P: A", world.Crm.Deal("42")["tags"]!.Select(tag => (string)tag!));
        Assert.Equal("* Позвонить", world.Crm.Tasks["t1"].Text);
    }

    [Fact]
    public async Task SetPriority_UnknownName_FailsAndWritesNothing()
    {
        var run = await world.OnDealAsync(new SetPriority { Priority = new("Очень") }, "42");

        Assert.Equal("Failed", run.Outcome);
        Assert.Empty(world.Crm.Commands);
    }
}
