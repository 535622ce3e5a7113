using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.Model;

/// <summary>Table and columns of a row as EF Core maps them, for SQL written by hand: names cannot drift from the model.</summary>
public sealed class RowMap<TRow> where TRow : class
{
    public string Table { get; }
    public IReadOnlyList<RowColumn<TRow>> Columns { get; }

    /// <summary>Column names, comma separated, in the order of <see cref="Columns"/>.</summary>
    public string ColumnList { get; }

    public RowMap(IModel model)
    {
        var entity = model.FindEntityType(typeof(TRow)) ?? throw new ArgumentException($"{typeof(TRow).Name} is not in the model.", nameof(model));
        Table = entity.GetTableName()!;
        Columns = [.. entity.GetProperties().Select(RowColumn<TRow>.Of)];
        ColumnList = string.Join(", ", Columns.Select(column => column.Name));
    }

    /// <summary>Reads a row whose columns stand in the order of <see cref="Columns"/>.</summary>
    public TRow Read(DbDataReader reader)
    {
        // Not new TRow(): required members are set below, one by one.
        var row = Activator.CreateInstance<TRow>();
        for (var i = 0; i < Columns.Count; i++)
            if (!reader.IsDBNull(i)) Columns[i].Read(row, reader, i);
        return row;
    }
}
