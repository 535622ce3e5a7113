using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Secrets;

/// <summary>Keys that protect forms and pages, in the database under the master key: they outlive a restart and hold on every server.</summary>
public sealed class DataKeyStore(IDbContextFactory<AutomationDbContext> contexts, MasterKey master, IIdSource ids, TimeProvider clock)
{
    private static readonly byte[] Bound = Encoding.UTF8.GetBytes("data_keys");

    /// <summary>Those that the master key opens; one that was written under another is passed over, and a new one takes its place.</summary>
    public IReadOnlyList<string> Read()
    {
        using var db = contexts.CreateDbContext();
        return [.. db.DataKeys.AsNoTracking().OrderBy(row => row.CreatedAt).ToList().Select(Open).OfType<string>()];
    }

    public void Add(string xml)
    {
        using var db = contexts.CreateDbContext();
        var (nonce, cipher) = master.Seal(Encoding.UTF8.GetBytes(xml), Bound);
        db.DataKeys.Add(new DataKeyRow { Id = ids.NewId(), KeyId = master.CurrentId, Nonce = nonce, Cipher = cipher, CreatedAt = clock.GetUtcNow() });
        db.SaveChanges();
    }

    private string? Open(DataKeyRow row)
    {
        try
        {
            return Encoding.UTF8.GetString(master.Open(row.KeyId, row.Nonce, row.Cipher, Bound));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
