using System.Globalization;
using Automation.Engine.Persistence.Cluster;
using Newtonsoft.Json;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>Rows of members in Orleans' words and back.</summary>
internal static class MemberTexts
{
    private sealed record Suspect(string By, DateTimeOffset At);

    public static string Tag(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static int Number(string tag) => int.Parse(tag, CultureInfo.InvariantCulture);

    public static MemberRow ToRow(MembershipEntry entry, long revision) => new()
    {
        Address = entry.SiloAddress.ToParsableString(),
        Name = entry.SiloName ?? "",
        HostName = entry.HostName ?? "",
        Status = (int)entry.Status,
        ProxyPort = entry.ProxyPort,
        StartedAt = Utc(entry.StartTime),
        Suspects = JsonConvert.SerializeObject((entry.SuspectTimes ?? []).Select(vote => new Suspect(vote.Item1.ToParsableString(), Utc(vote.Item2)))),
        Revision = revision,
    };

    /// <param name="ahead">How far this machine's clock is ahead of the database's.</param>
    public static MembershipEntry ToEntry(MemberRow row, TimeSpan ahead) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Address),
        SiloName = row.Name,
        HostName = row.HostName,
        Status = (SiloStatus)row.Status,
        ProxyPort = row.ProxyPort,
        StartTime = row.StartedAt.UtcDateTime,
        IAmAliveTime = (row.AliveAt + ahead).UtcDateTime,
        SuspectTimes = [.. JsonConvert.DeserializeObject<List<Suspect>>(row.Suspects)!.Select(vote => Tuple.Create(SiloAddress.FromParsableString(vote.By), vote.At.UtcDateTime))],
    };

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
