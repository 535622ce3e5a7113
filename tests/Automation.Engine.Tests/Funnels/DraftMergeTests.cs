using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Funnels;

public sealed class DraftMergeTests
{
    private static readonly FunnelDocument Draft = new() { Slug = "s", Name = "Sales", Stages = [new(new("1", "1"), "New")], Triggers = [Trigger("a"), Trigger("b"), Trigger("c")] };

    [Fact]
    public void Lay_DifferentPropertiesOfOneCard_BothStay()
    {
        var (first, _) = DraftMerge.Lay(Draft, [Edit("a", one => one with { Name = "Other" })]);
        var (both, _) = DraftMerge.Lay(first, [Edit("a", one => one with { Enabled = false, When = one.When with { Tag = "vip" } })]);
        var (all, _) = DraftMerge.Lay(both, [Edit("a", one => one with { When = one.When with { Source = "site" } })]);
        Assert.Equal(("Other", false, "vip", "site"), (all.Triggers[0].Name, all.Triggers[0].Enabled, all.Triggers[0].When.Tag, all.Triggers[0].When.Source));
    }

    [Fact]
    public void Lay_TheSamePropertyChangedMeanwhile_IsRefusedAndNamesTheCard()
    {
        var (first, _) = DraftMerge.Lay(Draft, [Edit("a", one => one with { Name = "Other" })]);
        var refused = Assert.Throws<DraftConflictException>(() => DraftMerge.Lay(first, [Edit("a", one => one with { Name = "Third" })]));
        Assert.Equal(("a", "Other", false), (refused.Part, refused.Name, refused.IsGone));
        Assert.Same(first, DraftMerge.Lay(first, [Edit("a", one => one with { Name = "Other" })]).Document);
    }

    [Fact]
    public void Lay_ACardThatWasRemovedOrChanged_IsRefused()
    {
        var (gone, _) = DraftMerge.Lay(Draft, [new("a", FunnelJson.ToJson(Draft.Triggers[0]), null)]);
        Assert.True(Assert.Throws<DraftConflictException>(() => DraftMerge.Lay(gone, [Edit("a", one => one with { Name = "x" })])).IsGone);
        var (changed, _) = DraftMerge.Lay(Draft, [Edit("a", one => one with { Name = "x" })]);
        Assert.Throws<DraftConflictException>(() => DraftMerge.Lay(changed, [new("a", FunnelJson.ToJson(Draft.Triggers[0]), null)]));
        Assert.Throws<DraftConflictException>(() => DraftMerge.Lay(changed, [new("a", null, FunnelJson.ToJson(Trigger("a")))]));
    }

    [Fact]
    public void Lay_OneOfSeveralRefused_ChangesNothing() =>
        Assert.Throws<DraftConflictException>(() => DraftMerge.Lay(Draft, [Edit("b", one => one with { Name = "B2" }), new("a", FunnelJson.ToJson(Trigger("a") with { Name = "never" }), null)]));

    [Fact]
    public void Lay_PlaceInTheOrder_TheLastOneHolds()
    {
        var (first, _) = DraftMerge.Lay(Draft, [Edit("a", one => one with { Order = 5 })]);
        Assert.Equal(7, DraftMerge.Lay(first, [Edit("a", one => one with { Order = 7 })]).Document.Triggers[0].Order);
    }

    [Fact]
    public void Lay_Head_KeepsTheShortNameAndTheCards()
    {
        var head = FunnelJson.HeadOf(Draft with { Name = "New name", Slug = "stolen" });
        var (named, laid) = DraftMerge.Lay(Draft, [new(PartEdit.Head, FunnelJson.HeadOf(Draft), head)]);
        Assert.Equal(("New name", "s", 3), (named.Name, named.Slug, named.Triggers.Count));
        Assert.Equal(Text(Draft), Text(DraftMerge.Lay(named, DraftMerge.Inverse(laid)).Document));
    }

    [Fact]
    public void Lay_APartThatIsAnotherTrigger_IsInvalid() =>
        Assert.Throws<FunnelInvalidException>(() => DraftMerge.Lay(Draft, [new("a", null, FunnelJson.ToJson(Trigger("z")))]));

    /// <summary>Any history of changes taken back one by one gives the draft that it began with, and brought back again the one that it ended with.</summary>
    [Property(MaxTest = 300)]
    public bool History_UndoneAndRedone_GivesTheSameFiles(ushort[] seeds)
    {
        var (draft, history) = (Draft, new List<IReadOnlyList<PartEdit>>());
        foreach (var seed in seeds)
        {
            var (next, laid) = DraftMerge.Lay(draft, Drawn(draft, seed));
            draft = next;
            history.Add(laid);
        }

        var end = Text(draft);
        for (var i = history.Count - 1; i >= 0; i--) draft = DraftMerge.Lay(draft, DraftMerge.Inverse(history[i])).Document;
        if (Text(draft) != Text(Draft)) return false;
        foreach (var laid in history) draft = DraftMerge.Lay(draft, laid).Document;
        return Text(draft) == end;
    }

    [Property(MaxTest = 300)]
    public bool Between_AnyTwoDrafts_LeadsFromOneToTheOtherAndBack(ushort[] seeds)
    {
        var to = seeds.Aggregate(Draft, (draft, seed) => DraftMerge.Lay(draft, Drawn(draft, seed)).Document);
        var edits = DraftMerge.Between(Draft, to);
        return Text(DraftMerge.Lay(Draft, edits).Document) == Text(to) && Text(DraftMerge.Lay(to, DraftMerge.Inverse(edits)).Document) == Text(Draft);
    }

    private static IReadOnlyList<PartEdit> Drawn(FunnelDocument draft, ushort seed)
    {
        var (kind, which) = (seed % 5, seed / 5);
        if (kind == 0 || draft.Triggers.Count == 0) return [new($"n{seed}", draft.Triggers.FirstOrDefault(one => one.Id == $"n{seed}") is { } known ? FunnelJson.ToJson(known) : null, FunnelJson.ToJson(Trigger($"n{seed}")))];
        var trigger = draft.Triggers[which % draft.Triggers.Count];
        return kind switch
        {
            1 => [new(trigger.Id, FunnelJson.ToJson(trigger), null)],
            2 => [new(trigger.Id, FunnelJson.ToJson(trigger), FunnelJson.ToJson(trigger with { Name = $"name {seed}", Order = seed }))],
            3 => [.. draft.Triggers.Take(2).Select(one => new PartEdit(one.Id, FunnelJson.ToJson(one), null))],
            _ => [new(PartEdit.Head, FunnelJson.HeadOf(draft), FunnelJson.HeadOf(draft with { Name = $"funnel {seed}" }))],
        };
    }

    private static PartEdit Edit(string id, Func<FunnelTrigger, FunnelTrigger> change) => new(id, FunnelJson.ToJson(Trigger(id)), FunnelJson.ToJson(change(Trigger(id))));

    private static FunnelTrigger Trigger(string id) => new() { Id = id, Name = id, When = new() { Event = TriggerEvents.Manual }, Then = new JObject { ["root"] = new JObject { ["id"] = "flow" } } };

    private static string Text(FunnelDocument document) => FunnelJson.Write(document);
}
