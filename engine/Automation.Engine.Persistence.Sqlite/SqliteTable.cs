using Automation.Engine.Persistence.Model;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Inserts and reads rows of one table by its EF model.</summary>
internal sealed class SqliteTable<TRow>(IModel model) where TRow : class
{
    private readonly RowMap<TRow> map = new(model);

    /// <summary>Adds the rows one by one with one prepared statement.</summary>
    /// <param name="conflict">What follows the values, as <c>ON CONFLICT DO NOTHING</c>.</param>
    public void Insert(SqliteSession session, IReadOnlyList<TRow> rows, string conflict = "")
    {
        if (rows.Count == 0) return;
        var places = string.Join(", ", Enumerable.Range(0, map.Columns.Count).Select(i => FormattableString.Invariant($"@p{i}")));
        var sql = $"INSERT INTO {map.Table} ({map.ColumnList}) VALUES ({places}) {conflict}";
        var values = new object?[map.Columns.Count];
        foreach (var row in rows)
        {
            for (var i = 0; i < values.Length; i++) values[i] = map.Columns[i].Get(row);
            session.Execute(sql, values);
        }
    }

    /// <param name="where">What follows the table's name: conditions, order, limit.</param>
    public List<TRow> Read(SqliteSession session, string where, params ReadOnlySpan<object?> values) =>
        session.Query($"SELECT {map.ColumnList} FROM {map.Table} {where}", map.Read, values);
}
