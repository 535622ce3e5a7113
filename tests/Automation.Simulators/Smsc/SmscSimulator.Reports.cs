using System.Globalization;

namespace Automation.Simulators.Smsc;

public sealed partial class SmscSimulator
{
    private readonly HttpClient http = new();
    private Task reports = Task.CompletedTask;

    /// <summary>Where delivery reports are posted; null for nowhere.</summary>
    public Uri? ReportUrl { get; set; }

    /// <summary>Reports that every accepted message causes: 0 never, 2 doubled. Default 1.</summary>
    public int ReportCopies { get; set; } = 1;

    /// <summary>Completes when the reports of all messages so far have been posted.</summary>
    public Task ReportsSentAsync()
    {
        lock (gate)
            return reports;
    }

    /// <summary>Posts a delivery report as a form, as often as told. Nothing when there is no <see cref="ReportUrl"/>.</summary>
    public async Task ReportAsync(SmsMessage message, CancellationToken cancellationToken, int times = 1)
    {
        for (var i = 0; ReportUrl is not null && i < times; i++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["id"] = message.Id,
                ["phone"] = message.Phone,
                ["status"] = message.Status.ToString(CultureInfo.InvariantCulture),
                ["time"] = message.StatusAt.ToString("dd.MM.yyyy HH:mm:ss", CultureInfo.InvariantCulture),
                ["ts"] = message.StatusAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ["err"] = message.Err.ToString(CultureInfo.InvariantCulture),
                ["cnt"] = message.Parts.ToString(CultureInfo.InvariantCulture),
            });
            using var answer = await http.PostAsync(ReportUrl, form, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task ReportAfterAsync(Task before, SmsMessage message)
    {
        await before;
        try
        {
            await ReportAsync(message, CancellationToken.None, ReportCopies);
        }
        catch (HttpRequestException)
        {
            // Nobody listens: the gateway does not mind, and status.php still tells the truth.
        }
    }
}
