using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>timestamptz takes offset zero only.</summary>
public sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(time => time.ToUniversalTime(), time => time);
