using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>A UUID as 16 bytes in network order.</summary>
public sealed class GuidBytesConverter() : ValueConverter<Guid, byte[]>(id => ToBytes(id), bytes => FromBytes(bytes))
{
    public static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static Guid FromBytes(byte[] bytes) => new(bytes, bigEndian: true);
}
