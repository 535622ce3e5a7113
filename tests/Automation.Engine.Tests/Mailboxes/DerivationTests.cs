using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Mailboxes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Engine.Tests.Mailboxes;

/// <summary>What an event means is derived against the known state: once, in any wording of the source, and never backwards in time.</summary>
public sealed class DerivationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly MailboxKey Deal = new(new AccountId(new Guid(1, 0, 0, new byte[8])), new ConnectionId(new Guid(2, 0, 0, new byte[8])), EntityTypes.Deal, "7");

    [Fact]
    public void UpdateAndStatusHook_OfOneMove_EnterOnce()
    {
        var state = Seen(new MailboxState(), "new");

        var first = Derive(state, EventKinds.Updated, Stage("meeting"), at: 1);
        var second = Derive(first.State, EventKinds.StageChanged, Stage("meeting"), Stage("new"), at: 1);

        Assert.Contains(TriggerEvents.EnteredStage, first.Occurrences);
        Assert.Equal(("no_change", 2), (second.Quiet, second.State.Visit!.Number));
    }

    [Fact]
    public void StatusHook_AfterAnUpdateOfAnUnknownDeal_StillEnters()
    {
        var first = Derive(new MailboxState(), EventKinds.Updated, Stage("meeting"), at: 1);
        var second = Derive(first.State, EventKinds.StageChanged, Stage("meeting"), Stage("new"), at: 1);

        Assert.Equal("first_seen", first.Quiet);
        Assert.Contains(TriggerEvents.EnteredStage, second.Occurrences);
    }

    [Fact]
    public void OlderTelling_AfterANewer_ChangesNothing()
    {
        var state = Seen(Seen(new MailboxState(), "new"), "meeting", at: 5);

        var late = Derive(state, EventKinds.Updated, Stage("new"), at: 3);

        Assert.Equal(("stale_event", "meeting"), (late.Quiet, late.State.Visit!.StageId));
    }

    [Fact]
    public void Baseline_Visit_IsKnownAndLaterOnlyChanges()
    {
        var before = Derive(new MailboxState(), EventKinds.BookingCreated, new JObject { ["state"] = "Booked" }, baseline: true);
        var after = Derive(before.State, EventKinds.BookingCreated, new JObject { ["state"] = "Confirmed" }, at: 2);

        Assert.Equal("first_seen", before.Quiet);
        Assert.Empty(before.Occurrences);
        Assert.Equal([TriggerEvents.BookingChanged], after.Occurrences);
        Assert.Equal("Booked", (string?)after.Changes["state"]!["old"]);
    }

    /// <summary>Whatever history, the last event told again means nothing.</summary>
    [Property(MaxTest = 2_000)]
    public Property TheSameTelling_Again_IsQuiet() => Prop.ForAll(Histories, history =>
    {
        var state = new MailboxState();
        foreach (var (told, i) in history.Select((told, i) => (told, i)))
        {
            state = Derive(state, EventKinds.Updated, told, at: i).State;
            var again = Derive(state, EventKinds.Updated, told, at: i);
            if (again.Occurrences.Count > 0 || again.Changes.Count > 0 || !JToken.DeepEquals(again.State.Known, state.Known)) return false;
        }

        return true;
    });

    /// <summary>A stage is entered exactly as often as it differs from the one before.</summary>
    [Property(MaxTest = 2_000)]
    public Property Moves_AnyHistory_EnterOncePerMove() => Prop.ForAll(Histories, history =>
    {
        var state = Seen(new MailboxState(), "a");
        var (entered, moves, at, stage) = (0, 0, 0, "a");
        foreach (var told in history)
        {
            var derived = Derive(state, EventKinds.Updated, told, at: ++at);
            entered += derived.Happened(TriggerEvents.EnteredStage) ? 1 : 0;
            var next = (string)told[EntityFields.StageId]!;
            moves += next == stage ? 0 : 1;
            (state, stage) = (derived.State, next);
        }

        return entered == moves && state.Visit!.Number == moves + 1;
    });

    private static Arbitrary<JObject[]> Histories { get; } = (
        from stage in Gen.Elements("a", "b", "c")
        from price in Gen.Choose(0, 2)
        from tag in Gen.Elements("x", "y", "")
        select new JObject { [EntityFields.PipelineId] = "1", [EntityFields.StageId] = stage, [EntityFields.Price] = price, [EntityFields.Tags] = tag.Length == 0 ? new JArray() : new JArray(tag) })
        .ArrayOf().Where(history => history.Length is > 0 and < 20).ToArbitrary();

    private static MailboxState Seen(MailboxState state, string stage, int at = 0) => Derive(state, EventKinds.Updated, Stage(stage), at: at).State;

    private static JObject Stage(string stage) => new() { [EntityFields.PipelineId] = "1", [EntityFields.StageId] = stage };

    private static Derivation Derive(MailboxState state, string kind, JObject data, JObject? old = null, int at = 0, bool baseline = false) => EventDeriver.Derive(state, new StoredEvent(
        new Guid(3, 0, 0, new byte[8]), Deal, 1,
        new CrmEvent { Kind = kind, EntityType = kind.StartsWith("booking", StringComparison.Ordinal) ? EntityTypes.Booking : EntityTypes.Deal, EntityId = "7", Data = data, Old = old ?? [], SourceTime = Noon.AddMinutes(at), DedupKey = "k", Baseline = baseline },
        Noon, 1));
}
