using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Newtonsoft.Json.Linq;

namespace Automation.Persistence.Tests.Contract;

/// <summary>An account with a connection, and what happens to its deals.</summary>
public sealed class Deals
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly UuidV7Source Ids = new(TimeProvider.System);

    public AccountId Account { get; init; } = new(NewId());
    public ConnectionId Connection { get; init; } = new(NewId());

    public static Guid NewId() => Ids.NewId();

    public MailboxKey Key(string deal = "1") => new(Account, Connection, EntityTypes.Deal, deal);

    public static NewEvent Event(string key, string deal = "1", string kind = EventKinds.Updated, bool windowed = false, string? hash = null) => new(
        NewId(),
        new()
        {
            Kind = kind,
            EntityType = EntityTypes.Deal,
            EntityId = deal,
            DedupKey = key,
            DedupWithinWindow = windowed,
            BodyHash = hash,
            Data = new JObject { ["price"] = 10.10m, ["note"] = "2026-03-02T12:00:00Z" },
            SourceTime = Noon,
        });

    public AcceptItem Item(params NewEvent[] events) => ItemAt(Noon, events);

    public AcceptItem ItemAt(DateTimeOffset now, params NewEvent[] events) => new(Account, Connection, now, Hook(), events);

    public HookRow Hook(string? error = null) => new()
    {
        Id = NewId(),
        AccountId = Account.Value,
        ConnectionId = Connection.Value,
        ReceivedAt = Noon,
        ContentType = "application/json",
        Body = [1, 2, 3],
        ErrorCode = error,
    };

    public StepCommit Step(string deal = "1", long epoch = 0, long? newEpoch = null) => new()
    {
        Mailbox = Key(deal),
        Epoch = epoch,
        NewEpoch = newEpoch ?? epoch,
        Now = Noon,
    };

    public RunRow Run(string deal = "1", int status = 1) => In(new RunRow
    {
        Id = NewId(),
        EntityType = "",
        EntityId = "",
        DefinitionVersionId = "v1",
        Status = status,
        State = "{}",
        CreatedAt = Noon,
        UpdatedAt = Noon,
    }, deal);

    public EffectRow Effect(string key, string deal = "1", int state = 1, long position = 0, DateTimeOffset? next = null) => In(new EffectRow
    {
        Key = key,
        EntityType = "",
        EntityId = "",
        RunId = NewId(),
        Kind = "sms",
        Request = "{}",
        Summary = "s",
        ContextId = "c",
        Callback = "b",
        State = state,
        Tries = 1,
        Position = position,
        PlannedAt = Noon,
        NextTryAt = next,
    }, deal);

    public TimerRow Timer(DateTimeOffset due, string deal = "1") =>
        In(new TimerRow { Id = NewId(), EntityType = "", EntityId = "", Kind = "bookmark", DueAt = due }, deal);

    public JournalRow Journal(Guid? run, long sequence, string deal = "1") =>
        In(new JournalRow { Id = NewId(), EntityType = "", EntityId = "", Kind = "run", RunId = run, Sequence = sequence, At = Noon, Facts = "[]" }, deal);

    public BookmarkRow Bookmark(Guid run, string id, string deal = "1") =>
        In(new BookmarkRow { RunId = run, BookmarkId = id, EntityType = "", EntityId = "", Name = "n", Hash = "h" }, deal);

    public AssignmentRecord Assignment(string key, string manager, string deal = "1") =>
        In(new AssignmentRecord { Key = key, EntityType = "", EntityId = "", Pool = "p", ManagerId = manager, At = Noon }, deal);

    public LinkRow Link(string from, string to, string data = "{}") => new()
    {
        AccountId = Account.Value,
        Relation = "child",
        Data = data,
        FromConnectionId = Connection.Value,
        FromEntityType = EntityTypes.Deal,
        FromEntityId = from,
        ToConnectionId = Connection.Value,
        ToEntityType = EntityTypes.Deal,
        ToEntityId = to,
    };

    private T In<T>(T row, string deal) where T : MailboxScoped
    {
        (row.AccountId, row.ConnectionId, row.EntityType, row.EntityId) = (Account.Value, Connection.Value, EntityTypes.Deal, deal);
        return row;
    }
}
