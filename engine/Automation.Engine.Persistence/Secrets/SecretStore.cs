using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Secrets;

/// <summary>Secrets of connections, AES-GCM, bound to account, connection and name: a row moved elsewhere cannot be read (S7).</summary>
public sealed class SecretStore(IDbContextFactory<AutomationDbContext> contexts, MasterKey master) : ISecrets
{
    /// <exception cref="StartRefusedException"><c>master_key_invalid</c>: the stored secret was written with a key that is not at hand.</exception>
    public async ValueTask<string?> ReadAsync(ConnectionId connection, string name, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Secrets.AsNoTracking().SingleOrDefaultAsync(s => s.ConnectionId == connection.Value && s.Name == name, cancellationToken);
        return row is null ? null : Open(row);
    }

    /// <summary>Stores a secret over the earlier one of that name; null removes it. Always with the current key.</summary>
    public async Task WriteAsync(AccountId account, ConnectionId connection, string name, string? value, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Secrets.FindAsync([account.Value, connection.Value, name], cancellationToken);
        if (row is not null) db.Secrets.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        if (value is null) return;
        db.Secrets.Add(Seal(account, connection, name, value));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Names of a connection's secrets; their values are never listed.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(AccountId account, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Secrets.Where(s => s.AccountId == account.Value && s.ConnectionId == connection.Value)
            .OrderBy(s => s.Name).Select(s => s.Name).ToListAsync(cancellationToken);
    }

    /// <summary>For start-up: one secret of each key is opened.</summary>
    /// <exception cref="StartRefusedException"><c>master_key_invalid</c>.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var id in await db.Secrets.Select(s => s.KeyId).Distinct().ToListAsync(cancellationToken))
            Open(await db.Secrets.AsNoTracking().FirstAsync(s => s.KeyId == id, cancellationToken));
    }

    private SecretRow Seal(AccountId account, ConnectionId connection, string name, string value)
    {
        var row = new SecretRow { AccountId = account.Value, ConnectionId = connection.Value, Name = name, KeyId = master.CurrentId, Nonce = [], Cipher = [] };
        var clear = Encoding.UTF8.GetBytes(value);
        (row.Nonce, row.Cipher) = master.Seal(clear, BoundTo(row));
        CryptographicOperations.ZeroMemory(clear);
        return row;
    }

    private string Open(SecretRow row)
    {
        try
        {
            return Encoding.UTF8.GetString(master.Open(row.KeyId, row.Nonce, row.Cipher, BoundTo(row)));
        }
        catch (CryptographicException e)
        {
            throw Invalid(row, e);
        }
    }

    private static byte[] BoundTo(SecretRow row) => Encoding.UTF8.GetBytes($"{row.AccountId:N}|{row.ConnectionId:N}|{row.Name}");

    private static StartRefusedException Invalid(SecretRow row, Exception cause) => new(
        "master_key_invalid", $"the secret '{row.Name}' of connection {row.ConnectionId} was written with key {row.KeyId}; give that key back as the current or an old one.", cause);
}
