using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.Model;

/// <summary>One column of <typeparamref name="TRow"/>.</summary>
public abstract class RowColumn<TRow>(string name)
{
    public string Name { get; } = name;

    /// <summary>The value as EF's provider stores it (through the property's converter).</summary>
    public abstract object? Get(TRow row);

    /// <summary>The values of many rows as one typed array, for <c>unnest</c>.</summary>
    public abstract Array GetAll(IReadOnlyList<TRow> rows);

    public abstract void Read(TRow row, DbDataReader reader, int ordinal);

    internal static RowColumn<TRow> Of(IProperty property)
    {
        var stored = property.FindTypeMapping()?.Converter;
        var provider = stored?.ProviderClrType ?? property.ClrType;
        if (provider.IsValueType && property.IsNullable && Nullable.GetUnderlyingType(provider) is null) provider = typeof(Nullable<>).MakeGenericType(provider);
        var type = typeof(RowColumn<,,>).MakeGenericType(typeof(TRow), property.ClrType, provider);
        Func<object?, object?>? to = stored is null ? null : stored.ConvertToProvider;
        Func<object?, object?>? from = stored is null ? null : stored.ConvertFromProvider;
        return (RowColumn<TRow>)Activator.CreateInstance(type, property.GetColumnName(), property.PropertyInfo, to, from)!;
    }
}

/// <summary>A column of type <typeparamref name="TValue"/> in the row and <typeparamref name="TStored"/> in the database.</summary>
internal sealed class RowColumn<TRow, TValue, TStored>(string name, PropertyInfo property, Func<object?, object?>? to, Func<object?, object?>? from)
    : RowColumn<TRow>(name)
{
    private readonly Func<TRow, TValue> get = property.GetMethod!.CreateDelegate<Func<TRow, TValue>>();
    private readonly Action<TRow, TValue> set = property.SetMethod!.CreateDelegate<Action<TRow, TValue>>();

    public override object? Get(TRow row) => to is null ? get(row) : to(get(row));

    public override Array GetAll(IReadOnlyList<TRow> rows)
    {
        var values = new TStored?[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = (TStored?)Get(rows[i]);
        return values;
    }

    public override void Read(TRow row, DbDataReader reader, int ordinal)
    {
        var value = reader.GetFieldValue<TStored>(ordinal);
        set(row, from is null ? (TValue)(object)value! : (TValue)from(value)!);
    }
}
