using NodaTime;
using NodaTime.TimeZones;

namespace Automation.Engine.Calendars;

/// <summary>Times of the clock as instants, also where the clock jumps.</summary>
internal static class LocalClock
{
    /// <summary>Opening: a time that a spring change skips is when the clock has jumped; of two in autumn the first.</summary>
    public static readonly ZoneLocalMappingResolver Opening = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>Closing: of two in autumn the second.</summary>
    public static readonly ZoneLocalMappingResolver Closing = Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnStartOfIntervalAfter);

    public static Instant At(LocalDate date, LocalTime time, DateTimeZone zone, ZoneLocalMappingResolver resolver) => zone.ResolveLocal(date + time, resolver).ToInstant();

    public static IReadOnlyList<Interval> Hours(LocalDate date, IEnumerable<HourSpan> spans, DateTimeZone zone)
    {
        var hours = new List<Interval>();
        foreach (var span in spans)
        {
            var start = At(date, span.Start, zone, Opening);
            var end = At(span.End > span.Start ? date : date.PlusDays(1), span.End, zone, Closing);
            if (end > start) hours.Add(new(start, end));
        }
        return hours;
    }
}
