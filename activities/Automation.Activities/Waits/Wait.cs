using Automation.Engine.Workflows;

namespace Automation.Activities.Waits;

/// <summary>Payload of a bookmark that waits for working time to pass.</summary>
public sealed record WaitPayload(DateTimeOffset ResumeAt);

/// <summary>Waits for ordinary or working time to pass. A wait in working time moves when its calendar, or its manager's shifts, change.</summary>
[Activity("Automation", "Scheduling", "Waits for hours or days, ordinary or working ones, after or before a moment.", DisplayName = "Wait", DisplayNameRu = "Подождать рабочее время", CategoryRu = "Время", DescriptionRu = "Ждёт часы или дни, обычные или рабочие, после момента или до него.")]
[Deterministic]
public sealed class Wait : CodeActivity
{
    /// <inheritdoc cref="WaitEnd.YearMissing"/>
    public const string YearMissing = WaitEnd.YearMissing;

    [Input(Description = "3wh, 2wd, 30wm: working time; 3h, 2d, 45m: ordinary; before 1wd: before the moment.", DisplayNameRu = "Сколько", DefaultValue = "1wd", Order = 0, UIHint = "working-duration", IsRequired = true)]
    public Input<string>? Duration { get; set; }

    [Input(DisplayName = "Counted from", Description = "Empty: from now.", DisplayNameRu = "Считать от", UIHint = "datetime-picker", Order = 1)]
    public Input<DateTimeOffset?>? Moment { get; set; }

    [Input(Description = "Name of a working calendar; empty: ru.", DisplayNameRu = "Календарь", Order = 2, UIHint = "calendar")]
    public Input<string>? Calendar { get; set; }

    [Input(Description = "Whose shifts and leave count; empty: nobody's.", DisplayNameRu = "Сотрудник", Order = 3, UIHint = "crm-user")]
    public Input<string>? Manager { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var end = await WaitEnd.FindAsync(context, context.Get(Moment) ?? context.Now, context.Get(Duration), context.Get(Calendar), context.Get(Manager));
        if (end.At <= context.Now) await context.CompleteActivityAsync();
        else context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new WaitPayload(end.At), DueAt = end.At, DueBy = end.By });
    }
}
