using System.Buffers.Text;
using Automation.Engine.Api.Errors;

namespace Automation.Engine.Api.Json;

/// <summary>A list answer.</summary>
/// <param name="Next">Give it back as <c>cursor</c> for what follows; absent at the end.</param>
public sealed record PageView<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Cursors over ids that grow with time.</summary>
internal static class Paging
{
    private const int Most = 200;

    /// <exception cref="ProblemException">Not 1 to 200.</exception>
    public static int Limit(int? asked) => asked switch
    {
        null => 50,
        >= 1 and <= Most => asked.Value,
        _ => throw new ProblemException(Problem.BadQuery($"limit goes from 1 to {Most}.")),
    };

    /// <summary>The id that the page before ended with; the greatest id for the first page.</summary>
    /// <exception cref="ProblemException">Not a cursor of ours.</exception>
    public static Guid Before(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return Guid.AllBitsSet;
        Span<byte> bytes = stackalloc byte[18];
        if (cursor.Length != 22 || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != 16) throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
        return new Guid(bytes[..16], bigEndian: true);
    }

    public static string Cursor(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <param name="rows">One more than <paramref name="limit"/> where there is more.</param>
    public static PageView<TView> Page<TRow, TView>(IReadOnlyList<TRow> rows, int limit, Func<TRow, Guid> id, Func<TRow, TView> view) =>
        new([.. rows.Take(limit).Select(view)], rows.Count > limit ? Cursor(id(rows[limit - 1])) : null);

    /// <exception cref="ProblemException">404: what is no id names nothing.</exception>
    public static Guid Id(string text) => Guid.TryParse(text, out var id) ? id : throw new ProblemException(Problem.NotFound());
}
