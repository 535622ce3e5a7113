using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>What <c>managers set</c> was told; what was not said stays.</summary>
internal sealed record ManagerChange(string? Shift, IReadOnlyList<string> Leave, string? Zone, decimal? Weight, bool? Active)
{
    public bool IsEmpty => Shift is null && Leave.Count == 0 && Zone is null && Weight is null && Active is null;

    /// <summary>The manager as the server knows it, with the change over it.</summary>
    /// <exception cref="CommandFailedException">A shift, a leave or the zone cannot be read.</exception>
    public JObject Over(JObject known)
    {
        var changed = (JObject)known.DeepClone();
        if (Weight is { } weight) changed["weight"] = weight;
        if (Active is { } active) changed["active"] = active;
        if (changed["timesheet"] is not JObject sheet) changed["timesheet"] = sheet = [];
        if (Zone is { } zone) sheet["timeZone"] = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : throw new CommandFailedException($"--zone: there is no zone '{zone}'; write Europe/Moscow.");
        if (Shift is { } shift) sheet["weekly"] = ShiftText.ParseWeek(shift);
        if (Leave.Count > 0) sheet["leave"] = ShiftText.ParseLeave(Leave);
        return changed;
    }
}
