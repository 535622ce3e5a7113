namespace Automation.Engine.Expressions.Formulas;

/// <summary>Dates stand in the account's zone: a day is a calendar day there, an hour is sixty minutes.</summary>
internal static class FormulaDates
{
    public static void AddTo(Action<string, int, int, FunctionBody> add)
    {
        add("now сейчас", 0, 0, (run, _) => run.Now);
        add("today сегодня", 0, 0, (run, _) => Midnight(run, run.Now));
        add("date дата", 1, 3, Date);
        add("adddays", 2, 2, (run, a) => Shift(run, a, AddDays));
        add("addhours", 2, 2, (run, a) => Shift(run, a, (r, t, n) => TimeZoneInfo.ConvertTime(t.AddTicks(Ticks(n, TimeSpan.TicksPerHour)), r.Zone)));
        add("addminutes", 2, 2, (run, a) => Shift(run, a, (r, t, n) => TimeZoneInfo.ConvertTime(t.AddTicks(Ticks(n, TimeSpan.TicksPerMinute)), r.Zone)));
        add("daysbetween", 2, 2, (run, a) => Between(run, a, (from, to) => (to.Date - from.Date).Days));
        add("hoursbetween", 2, 2, (run, a) => Between(run, a, (from, to) => (decimal)(to - from).Ticks / TimeSpan.TicksPerHour));
        add("year год", 1, 1, (run, a) => Part(run, a[0], t => t.Year));
        add("month месяц", 1, 1, (run, a) => Part(run, a[0], t => t.Month));
        add("day день", 1, 1, (run, a) => Part(run, a[0], t => t.Day));
        add("hour час", 1, 1, (run, a) => Part(run, a[0], t => t.Hour));
        add("weekday день_недели", 1, 1, (run, a) => Part(run, a[0], t => t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek));
    }

    /// <returns>A DateTimeOffset in the account's zone, or the failure.</returns>
    private static object Instant(FormulaEvaluation run, object? value) => value switch
    {
        null => run.Missing("The date is empty.", "Дата не заполнена."),
        DateTimeOffset t => t,
        string s when IsoDate.Parse(s) is { } date => date.In(run.Zone),
        _ => run.Fail($"A date is needed here, not {FormulaValue.KindOf(value)}.", $"Здесь нужна дата, а это {FormulaValue.KindOfRu(value)}."),
    };

    private static DateTimeOffset Midnight(FormulaEvaluation run, DateTimeOffset value) => new DateLiteral(value.Date, null).In(run.Zone);

    private static object Date(FormulaEvaluation run, object?[] a)
    {
        if (a.Length == 1) return Instant(run, a[0]) is DateTimeOffset t ? Midnight(run, t) : FormulaEvaluation.Failed;
        if (a.Length == 2) return run.Fail("date takes one date, or year, month and day.", "Здесь нужна одна дата или год, месяц и день.");
        if (FormulaFunctions.Number(run, a[0]) is not decimal y || FormulaFunctions.Number(run, a[1]) is not decimal m || FormulaFunctions.Number(run, a[2]) is not decimal d) return FormulaEvaluation.Failed;
        return new DateLiteral(new DateTime((int)y, (int)m, (int)d, 0, 0, 0, DateTimeKind.Unspecified), null).In(run.Zone);
    }

    private static object Shift(FormulaEvaluation run, object?[] a, Func<FormulaEvaluation, DateTimeOffset, decimal, DateTimeOffset> by) =>
        Instant(run, a[0]) is DateTimeOffset t && FormulaFunctions.Number(run, a[1]) is decimal n ? by(run, t, n) : FormulaEvaluation.Failed;

    // Whole days keep the wall clock over a clock change; parts of a day are hours.
    private static DateTimeOffset AddDays(FormulaEvaluation run, DateTimeOffset t, decimal days)
    {
        var whole = decimal.Truncate(days);
        var moved = new DateLiteral(t.DateTime.AddDays((double)whole), null).In(run.Zone);
        return whole == days ? moved : TimeZoneInfo.ConvertTime(moved.AddTicks(Ticks(days - whole, TimeSpan.TicksPerDay)), run.Zone);
    }

    private static long Ticks(decimal count, long unit) => (long)decimal.Round(count * unit);

    private static object Between(FormulaEvaluation run, object?[] a, Func<DateTimeOffset, DateTimeOffset, decimal> measure) =>
        Instant(run, a[0]) is DateTimeOffset from && Instant(run, a[1]) is DateTimeOffset to ? measure(from, to) : FormulaEvaluation.Failed;

    private static object Part(FormulaEvaluation run, object? value, Func<DateTimeOffset, int> part) =>
        Instant(run, value) is DateTimeOffset t ? (decimal)part(t) : FormulaEvaluation.Failed;
}
