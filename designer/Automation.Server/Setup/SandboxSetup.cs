using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Setup;

/// <summary>Connects the sandbox by the same connectors and the same command as real systems, and publishes the sample funnel.</summary>
public sealed class SandboxSetup(ConnectionService connections, FunnelService funnels, IDbContextFactory<AutomationDbContext> contexts)
{
    // Keys of a demonstration that lives on loopback, documented in samples/Automation.Sandbox/README.md.
    private const string Token = "sandbox-demo-token";
    private const string SmsKey = "sandbox-demo-key";
    private const string BookingToken = "5a17d80c0000000000000000000demo0";

    public async Task RunAsync(AccountId account, Uri sandbox, Uri hooks, CancellationToken cancellationToken)
    {
        var host = sandbox.Authority;
        await ForgetAsync(account, cancellationToken);
        await connections.ConnectAsync(account, new("amocrm", "crm", new Uri(sandbox, "/sandbox/amo").ToString(), null, new Dictionary<string, string> { ["token"] = Token }, [host]), hooks, cancellationToken);
        await connections.ConnectAsync(account, new("smsc", "sms", new Uri(sandbox, "/sandbox/smsc").ToString(), null, new Dictionary<string, string> { ["apikey"] = SmsKey }, [host]), hooks, cancellationToken);
        var booking = await connections.ConnectAsync(account, new("klientiks", "booking", new Uri(sandbox, "/sandbox/klientiks").ToString(),
            new JObject { ["accountId"] = "a1b2c3d4e5f6", ["userId"] = "0f1e2d3c4b5a" }, new Dictionary<string, string> { ["token"] = BookingToken }, [host]), hooks, cancellationToken);
        await AddBookingHookAsync(sandbox, booking.HookUrl!, cancellationToken);
        await SeedTimesheetsAsync(account, cancellationToken);
        await PublishSampleAsync(account, cancellationToken);
    }

    /// <summary>The sandbox begins anew at every start, so what was known of its deals and visits is no longer true.</summary>
    private async Task ForgetAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Mailboxes.Where(mailbox => mailbox.AccountId == account.Value)
            .ExecuteUpdateAsync(update => update.SetProperty(mailbox => mailbox.State, "{}").SetProperty(mailbox => mailbox.Open, false), cancellationToken);
        await context.Connections.Where(connection => connection.AccountId == account.Value).ExecuteUpdateAsync(update => update.SetProperty(connection => connection.FeedCursor, (string?)null), cancellationToken);
        await context.Links.Where(link => link.AccountId == account.Value).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Klientiks has no call for it: an admin pastes the address into its settings page, which the sandbox's hooks page stands for.</summary>
    private static async Task AddBookingHookAsync(Uri sandbox, Uri hookUrl, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var body = new StringContent(new JObject { ["system"] = "klientiks", ["destination"] = hookUrl.ToString() }.ToString(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(sandbox, "/sandbox/ui/hooks"), body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Shifts of the demonstration: everybody works around the clock but one, who is on leave.</summary>
    private async Task SeedTimesheetsAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var managers = await context.Managers.Where(manager => manager.AccountId == account.Value && manager.Timesheet == "{}").OrderBy(manager => manager.Position).ToListAsync(cancellationToken);
        for (var i = 0; i < managers.Count; i++)
            managers[i].Timesheet = new ManagerTimesheet
            {
                Weekly = [.. Enum.GetValues<DayOfWeek>().Select(day => new WeeklyShift(day, TimeOnly.MinValue, TimeOnly.MinValue))],
                Leave = i == managers.Count - 1 ? [new(new DateOnly(2020, 1, 1), new DateOnly(2099, 12, 31), "отпуск")] : [],
            }.ToJson();
        await context.SaveChangesAsync(cancellationToken);
    }

    private async Task PublishSampleAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Funnels.AnyAsync(funnel => funnel.AccountId == account.Value, cancellationToken)) return;
        var document = FunnelJson.Read(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "funnels", "prodazhi.json"), cancellationToken));
        var funnel = await funnels.SaveDraftAsync(account, document, null, cancellationToken);
        await funnels.PublishAsync(account, funnel.Id, "учебная CRM", "Образец", cancellationToken);
    }
}
