using System.Security.Cryptography;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Secrets;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests.Contract;

public abstract class SecretContract : StoreContract
{
    private static readonly string First = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly string Second = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public async Task Read_AfterWrite_GivesItBack()
    {
        var secrets = With(First);
        await secrets.WriteAsync(Deals.Account, Deals.Connection, "token", "ключ-1", Cancellation);
        await secrets.WriteAsync(Deals.Account, Deals.Connection, "token", "ключ-2", Cancellation);

        Assert.Equal("ключ-2", await secrets.ReadAsync(Deals.Connection, "token", Cancellation));
        Assert.Null(await secrets.ReadAsync(Deals.Connection, "password", Cancellation));
        Assert.Equal(["token"], await secrets.ListNamesAsync(Deals.Account, Deals.Connection, Cancellation));
        await secrets.WriteAsync(Deals.Account, Deals.Connection, "token", null, Cancellation);
        Assert.Null(await secrets.ReadAsync(Deals.Connection, "token", Cancellation));
    }

    [Fact]
    public async Task Write_SameValueTwice_LooksDifferent()
    {
        var secrets = With(First);
        await secrets.WriteAsync(Deals.Account, Deals.Connection, "a", "value", Cancellation);
        await secrets.WriteAsync(Deals.Account, Deals.Connection, "b", "value", Cancellation);

        var rows = await Store.ReadAsync(db => db.Secrets.ToListAsync(Cancellation));

        Assert.NotEqual(rows[0].Nonce, rows[1].Nonce);
        Assert.NotEqual(rows[0].Cipher, rows[1].Cipher);
    }

    [Fact]
    public async Task Verify_OtherKey_RefusesToStart()
    {
        await With(First).WriteAsync(Deals.Account, Deals.Connection, "token", "value", Cancellation);

        Assert.Equal("master_key_invalid", (await Assert.ThrowsAsync<StartRefusedException>(() => With(Second).VerifyAsync(Cancellation))).Code);
        await With(First).VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task Read_AfterRotation_OpensOldSecrets()
    {
        await With(First).WriteAsync(Deals.Account, Deals.Connection, "token", "value", Cancellation);
        var rotated = With(Second + "\n" + First);
        await rotated.WriteAsync(Deals.Account, Deals.Connection, "password", "new", Cancellation);

        await rotated.VerifyAsync(Cancellation);
        Assert.Equal("value", await rotated.ReadAsync(Deals.Connection, "token", Cancellation));
        Assert.Equal("new", await With(Second).ReadAsync(Deals.Connection, "password", Cancellation));
    }

    [Fact]
    public async Task Read_RowMovedToAnotherConnection_Refuses()
    {
        await With(First).WriteAsync(Deals.Account, Deals.Connection, "token", "value", Cancellation);
        var thief = new Deals();
        await Store.ReadAsync(db => db.Secrets.ExecuteUpdateAsync(s => s.SetProperty(x => x.ConnectionId, thief.Connection.Value), Cancellation));

        await Assert.ThrowsAsync<StartRefusedException>(() => With(First).ReadAsync(thief.Connection, "token", Cancellation).AsTask());
    }

    [Fact]
    public async Task DataKeys_AnyServerWithTheMasterKey_ReadsThemAndNobodyElse()
    {
        DataKeysWith(First).Add("<key>обычный текст</key>");
        DataKeysWith(Second + "\n" + First).Add("<key>2</key>");

        Assert.Equal(["<key>обычный текст</key>", "<key>2</key>"], DataKeysWith(Second + "\n" + First).Read().Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(["<key>2</key>"], DataKeysWith(Second).Read());
        var rows = await Store.ReadAsync(db => db.DataKeys.ToListAsync(Cancellation));
        Assert.DoesNotContain(rows, row => System.Text.Encoding.UTF8.GetString(row.Cipher).Contains("<key>", StringComparison.Ordinal));
    }

    private DataKeyStore DataKeysWith(string keys)
    {
        using var directory = new TempDirectory();
        return new(Store.Contexts, MasterKey.Load(directory.Path, keys), new UuidV7Source(TimeProvider.System), TimeProvider.System);
    }

    private SecretStore With(string keys)
    {
        using var directory = new TempDirectory();
        return new(Store.Contexts, MasterKey.Load(directory.Path, keys));
    }
}
