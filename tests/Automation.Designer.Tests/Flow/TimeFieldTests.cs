using Automation.Designer.Flow;
using Automation.Designer.Words;
using Automation.Engine.Funnels;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Designer.Tests.Flow;

/// <summary>Blazor's script puts seconds behind what a browser gives for a time; documents have none.</summary>
public sealed class TimeFieldTests : IAsyncDisposable
{
    private readonly BunitContext page = new();

    public TimeFieldTests() => page.Services.AddSingleton<ScreenWords>();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void Hours_PickedInABrowser_AreWrittenInMinutes()
    {
        ActiveHours? changed = null;
        var editor = page.Render<HoursEditor>(parameters => parameters.Add(one => one.Value, new ActiveHours { Week = "mon-fri 09:00-18:00" }).Add(one => one.Editable, true).Add(one => one.OnChanged, hours => changed = hours));

        editor.Find("input[type=time]").Change("10:30:00");
        Assert.Equal("mon-fri 10:30-18:00", changed!.Week);
        editor.Find("input[type=time]").Change("");
        Assert.Equal("mon-fri 10:30-18:00", changed.Week);
    }

    [Fact]
    public void TimeOfDay_PickedInABrowser_IsWrittenInMinutes()
    {
        Timing? changed = null;
        var editor = page.Render<TimingEditor>(parameters => parameters
            .Add(one => one.When, new When { Event = TriggerEvents.EnteredStage, Timing = new Timing { Kind = TimingKind.DailyAt, At = "09:00" } }).Add(one => one.Editable, true).Add(one => one.OnChanged, timing => changed = timing));

        editor.Find("#timing-at").Change("10:30:00");
        Assert.Equal("10:30", changed!.At);
    }
}
