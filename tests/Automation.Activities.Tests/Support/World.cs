using Automation.Activities.Crm;
using Automation.Engine.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Activities.Tests.Support;

/// <summary>The outside as the activities see it, in memory.</summary>
internal sealed class World : IServiceProvider, IPorts
{
    public static readonly AccountId Account = new(new Guid(1, 0, 0, new byte[8]));
    public static readonly ConnectionId CrmId = new(new Guid(2, 0, 0, new byte[8]));
    public static readonly ConnectionId SmsId = new(new Guid(3, 0, 0, new byte[8]));
    public static readonly ConnectionId BookingId = new(new Guid(4, 0, 0, new byte[8]));
    public static readonly ConnectionId EmailId = new(new Guid(5, 0, 0, new byte[8]));

    private readonly Dictionary<string, IEffectHandler> handlers;

    public World()
    {
        Crm = new(this);
        Booking = new(this);
        var services = new ServiceCollection().AddSingleton<IPorts>(this).AddCrmActivities().BuildServiceProvider();
        handlers = services.GetServices<IEffectHandler>().ToDictionary(handler => handler.Kind);
    }

    public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow");
    public string Language { get; set; } = "ru";
    public FakeCrm Crm { get; }
    public FakeSms Sms { get; } = new();
    public FakeBooking Booking { get; }
    public FakeEmail Email { get; } = new();
    public FakeLinks Links { get; } = new();
    public FakeTemplates Templates { get; } = new();
    public IManagerDirectory? Managers { get; set; }
    public List<Assignment> Assignments { get; } = [];
    public List<EffectRequest> Http { get; } = [];
    public Dictionary<string, JObject> Roots { get; } = [];
    public HashSet<Type> Absent { get; } = [];

    public static MailboxKey Deal(string id) => new(Account, CrmId, EntityTypes.Deal, id);

    public static MailboxKey Visit(string id) => new(Account, BookingId, EntityTypes.Booking, id);

    public ActivityRun Run(IActivity activity, MailboxKey subject, int number = 1)
    {
        activity.Id = "a1";
        activity.Type = "Crm." + activity.GetType().Name;
        return new(this, activity, subject, number);
    }

    public Task<ActivityRun> OnDealAsync(IActivity activity, string id, int number = 1) => Run(activity, Deal(id), number).RunAsync();

    public Task<EffectResult> SendAsync(string key, EffectRequest request, MailboxKey subject)
    {
        if (request.Kind == "http")
        {
            Http.Add(request);
            return Task.FromResult<EffectResult>(new Delivered(new JObject { ["status"] = 200 }));
        }
        var call = new EffectCall(subject.Account, request.Connection, key, (JObject)Json.Copy(request.Request), Now, 1);
        return handlers[request.Kind].SendAsync(call, Xunit.TestContext.Current.CancellationToken);
    }

    object? IServiceProvider.GetService(Type serviceType) =>
        serviceType == typeof(IPorts) ? this
        : serviceType == typeof(ILinks) ? Links
        : serviceType == typeof(IMessageTemplates) ? Templates
        : serviceType == typeof(IManagerDirectory) ? Managers
        : null;

    ValueTask<Connection?> IPorts.FindAsync(AccountId account, ConnectionId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Connection?>(All().FirstOrDefault(item => item.Connection.Id == id).Connection);

    ValueTask<Connection?> IPorts.FindAsync(AccountId account, Type port, string? name, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Connection?>(Absent.Contains(port) ? null
            : All().FirstOrDefault(item => item.Port == port && (string.IsNullOrEmpty(name) || item.Connection.Name == name)).Connection);

    TPort IPorts.Open<TPort>(Connection connection) => All().Select(item => item.Fake).OfType<TPort>().Single();

    private IEnumerable<(Connection Connection, Type Port, object Fake)> All()
    {
        yield return (new(CrmId, Account, "fake-crm", "CRM", null, null, [], []), typeof(ICrm), Crm);
        yield return (new(SmsId, Account, "fake-sms", "SMS", null, null, [], []), typeof(ISmsGateway), Sms);
        yield return (new(BookingId, Account, "fake-booking", "Booking", null, null, [], []), typeof(IBookingSystem), Booking);
        yield return (new(EmailId, Account, "fake-email", "Mail", null, null, [], []), typeof(IEmailSender), Email);
    }
}
