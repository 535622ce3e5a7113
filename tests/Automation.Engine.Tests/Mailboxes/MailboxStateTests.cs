using Automation.Engine.Mailboxes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Mailboxes;

/// <summary>What a mailbox remembers is written by hand for speed; it must read back as the serializer would have written it.</summary>
public sealed class MailboxStateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 10, 20, 30, 123, TimeSpan.FromHours(3));

    public static TheoryData<MailboxState> States =>
    [
        new MailboxState(),
        new MailboxState { Known = new JObject { ["price"] = 12.50m, ["name"] = "Заказ «А»\n" }, Complete = true, KnownAt = At, Visit = new(2, "1", "142", At, "entered") },
        new MailboxState
        {
            Fired = new Dictionary<string, Firing>
            {
                ["plain"] = new(true, At, [At, At.AddTicks(1)]),
                ["stopped"] = new(false, At, []) { Stopped = At, Cycle = "«а» → «б»" },
            },
            OwnWrites = [new("key", new Guid("0190a000-0000-7000-8000-000000000001"), 3, At, new JObject { ["price"] = 1 }) { Chain = [new("а", "б")] }],
            Armed = new Dictionary<string, DateTimeOffset> { ["date"] = At },
        },
    ];

    [Theory, MemberData(nameof(States), DisableDiscoveryEnumeration = true)]
    public void State_ReadsBackAsItWas(MailboxState state)
    {
        var read = MailboxState.FromJson(state.ToJson());
        Assert.Equal(Whole(state), Whole(read));
    }

    private static string Whole(MailboxState state) => JsonConvert.SerializeObject(state);
}
