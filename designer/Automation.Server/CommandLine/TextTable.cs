using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Rows as columns of a terminal. A column that is empty in every row is left out.</summary>
internal static class TextTable
{
    private const int Widest = 60;

    public static void Write(TextWriter output, IReadOnlyList<JObject> rows, params IReadOnlyList<string> columns)
    {
        if (rows.Count == 0)
        {
            output.WriteLine("Nothing here.");
            return;
        }
        var shown = columns.Where(column => rows.Any(row => Items.Show(row[column]).Length > 0)).ToList();
        Write(output, shown, [.. rows.Select(row => (IReadOnlyList<string>)[.. shown.Select(column => Items.Show(row[column]))])]);
    }

    public static void Write(TextWriter output, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = heads.Select((head, i) => Math.Max(head.Length, rows.Max(row => Cut(row[i]).Length))).ToList();
        Line(heads);
        foreach (var row in rows) Line(row);

        void Line(IReadOnlyList<string> cells) =>
            output.WriteLine(string.Join("  ", cells.Select((cell, i) => Cut(cell).PadRight(widths[i]))).TrimEnd());
    }

    private static string Cut(string text) => text.Length > Widest ? text[..(Widest - 1)] + "…" : text;
}
