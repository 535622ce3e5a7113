using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Smsc;

/// <summary>The SMSC.ru gateway: send, status, balance. Its ledger says what really reached a phone, and how often.</summary>
public sealed partial class SmscSimulator : ISimulator, IDisposable
{
    private readonly Lock gate = new();
    private readonly List<SmsMessage> ledger = [];
    private readonly Dictionary<string, DateTimeOffset> recent = [];
    private readonly SmscOptions options;
    private decimal balance;
    private long nextNumber = 1;

    public SmscSimulator(SmscOptions options)
    {
        this.options = options;
        balance = options.Balance;
        Calls = new CallLog(options.Clock);
    }

    public event EventHandler? Changed;

    public CallLog Calls { get; }

    /// <summary>Lost answers are lost after the message was accepted.</summary>
    public Faults Faults { get; } = new();

    /// <summary>Answer 3 to every send.</summary>
    public bool NoMoney { get; set; }

    /// <summary>Answer 2 to every call, whatever the key.</summary>
    public bool WrongKey { get; set; }

    /// <summary>Answer 200 with an HTML page instead of JSON.</summary>
    public bool HtmlPage { get; set; }

    /// <summary>Status that new messages get. Default 1, delivered.</summary>
    public int FirstStatus { get; set; } = 1;

    /// <summary>Every accepted message for one phone, in order: the outside ledger that counts doubles and losses.</summary>
    public IReadOnlyList<SmsMessage> Ledger { get { lock (gate) return [.. ledger]; } }

    public decimal Balance { get { lock (gate) return balance; } }

    public void Map(IEndpointRouteBuilder routes)
    {
        string[] both = ["GET", "POST"];
        routes.MapMethods(options.Prefix + "/sys/send.php", both, context => ServeAsync(context, isSend: true, Send));
        routes.MapMethods(options.Prefix + "/rest/send/", ["POST"], context => ServeAsync(context, isSend: true, Send));
        routes.MapMethods(options.Prefix + "/sys/status.php", both, context => ServeAsync(context, isSend: false, Status));
        routes.MapMethods(options.Prefix + "/sys/balance.php", both, context => ServeAsync(context, isSend: false,
            _ => new JObject { ["balance"] = Money(Balance) }));
    }

    public void Reset()
    {
        lock (gate)
        {
            ledger.Clear();
            recent.Clear();
            balance = options.Balance;
        }
        Faults.Clear();
        Calls.Clear();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public SmsMessage SetStatus(long number, int status, int err = 0)
    {
        lock (gate)
        {
            var index = ledger.FindIndex(message => message.Number == number);
            ledger[index] = ledger[index] with { Status = status, Err = err, StatusAt = options.Clock.GetUtcNow() };
            Changed?.Invoke(this, EventArgs.Empty);
            return ledger[index];
        }
    }

    private async Task ServeAsync(HttpContext context, bool isSend, Func<SmscQuery, JObject> handler)
    {
        Calls.Arrived();
        var query = await SmscQuery.ReadAsync(context);
        var refusal = Faults.TakeRefusal();
        var answer = refusal is { } status ? new Answer(status, "", "text/html")
            : HtmlPage ? new Answer(200, "<html><body>Технические работы</body></html>", "text/html")
            : Reply(query, handler);
        Calls.Add(isSend ? "POST" : "GET", context.Request.Path, answer.Status);  // a send by GET is a write too
        var delay = Faults.TakeDelay();
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, options.Clock, context.RequestAborted);
        if (refusal is null && Faults.TakeLostAnswer(isSend))
            context.Abort();
        else
            await answer.WriteAsync(context);
    }

    private Answer Reply(SmscQuery query, Func<SmscQuery, JObject> handler)
    {
        var known = query["apikey"] is { Length: > 0 } key ? key == options.ApiKey
            : query["login"] == options.Login && query["psw"] == options.Password;
        var json = known && !WrongKey ? handler(query) : Error(2, "authorise error");
        return query["fmt"] == "3" ? Answer.Json(json)
            : new Answer(200, (string?)json["error"] is { } error
                ? $"ERROR = {(int)json["error_code"]!} ({error})" : string.Join(',', json.Values()), "text/plain");
    }

    private JObject Send(SmscQuery query)
    {
        var phones = (query["phones"] ?? "").Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var text = query["mes"] ?? "";
        var id = query["id"] ?? "";
        if (phones.Length == 0 || text.Length is 0 or > 1_000 || !SmscQuery.IsOwnId(id))
            return Error(1, "parameters error");
        if (Array.Exists(phones, phone => phone.Count(char.IsAsciiDigit) is < 10 or > 15))
            return Error(7, "invalid number");
        lock (gate)
        {
            var now = options.Clock.GetUtcNow();
            var print = $"{string.Join(',', phones)}\n{text}";
            if (recent.TryGetValue(print, out var last) && now - last < options.RepeatWindow)
                return Error(9, "duplicate request, wait a minute");
            var parts = SmscQuery.Parts(text);
            var cost = options.Price * parts * phones.Length;
            if (NoMoney || cost > balance)
                return Error(3, "no money");
            recent[print] = now;
            balance -= cost;
            var name = id.Length > 0 ? id : nextNumber.ToString(CultureInfo.InvariantCulture);
            foreach (var phone in phones)
            {
                var message = new SmsMessage(nextNumber++, name, new string([.. phone.Where(char.IsAsciiDigit)]), text, query["sender"] ?? "", now, parts)
                {
                    Status = FirstStatus,
                };
                ledger.Add(message);
                if (ReportUrl is not null && ReportCopies > 0)
                    reports = ReportAfterAsync(reports, message);
            }
            Changed?.Invoke(this, EventArgs.Empty);
            var answer = new JObject { ["id"] = id.Length > 0 ? id : nextNumber - 1, ["cnt"] = parts * phones.Length };
            if (query["cost"] is "2" or "3")
                answer["cost"] = Money(cost);
            if (query["cost"] == "3")
                answer["balance"] = Money(balance);
            return answer;
        }
    }

    private JObject Status(SmscQuery query)
    {
        var phone = new string([.. (query["phone"] ?? "").Where(char.IsAsciiDigit)]);
        lock (gate)
        {
            // Own ids need not be unique: the newest message answers.
            var message = ledger.FindLast(candidate => candidate.Id == query["id"] && candidate.Phone == phone);
            if (message is null)
                return new JObject { ["status"] = -3 };
            var answer = new JObject
            {
                ["status"] = message.Status,
                ["last_date"] = message.StatusAt.ToOffset(TimeSpan.FromHours(3)).ToString("dd.MM.yyyy HH:mm:ss", CultureInfo.InvariantCulture),
                ["last_timestamp"] = message.StatusAt.ToUnixTimeSeconds(),
                ["err"] = message.Err,
            };
            if (query["all"] is "1" or "2")
            {
                answer["phone"] = message.Phone;
                answer["cost"] = Money(options.Price * message.Parts);
                answer["sender_id"] = message.Sender;
                answer["message"] = message.Text;
            }
            return answer;
        }
    }

    private static JObject Error(int code, string text) => new() { ["error"] = text, ["error_code"] = code };

    private static string Money(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
