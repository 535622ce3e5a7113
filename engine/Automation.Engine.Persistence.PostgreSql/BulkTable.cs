using Automation.Engine.Persistence.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Inserts and reads many rows of one table in one statement: a typed array a column, unnested.</summary>
internal sealed class BulkTable<TRow> where TRow : class
{
    private readonly RowMap<TRow> map;
    private readonly string insert;

    /// <param name="conflict">What follows the rows, as <c>ON CONFLICT DO NOTHING</c>.</param>
    public BulkTable(IModel model, string conflict = "")
    {
        map = new(model);
        var entity = model.FindEntityType(typeof(TRow))!;
        var arrays = string.Join(", ", entity.GetProperties().Select((property, i) => FormattableString.Invariant($"${i + 1}::{property.GetColumnType()}[]")));
        insert = $"INSERT INTO {map.Table} ({map.ColumnList}) SELECT * FROM unnest({arrays}) {conflict}";
    }

    public void Insert(NpgsqlBatch batch, IReadOnlyList<TRow> rows)
    {
        if (rows.Count > 0) batch.Add(insert, [.. map.Columns.Select(object (column) => column.GetAll(rows))]);
    }

    /// <param name="where">What follows the table's name: conditions, order, limit.</param>
    public string Select(string where) => $"SELECT {map.ColumnList} FROM {map.Table} {where}";

    /// <summary>All rows of the reader's current result.</summary>
    public async Task<List<TRow>> ReadAllAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<TRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(map.Read(reader));
        return rows;
    }
}
