using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Server.Setup;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Setup;

/// <summary>Set-up that is refused or killed half-way leaves what was there working.</summary>
public sealed class SetupTests : IAsyncLifetime
{
    private readonly TempDirectory folder = new();
    private ServeOptions options = null!;
    private WebApplication app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        options = new ServeOptions { Data = folder.Path, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" };
        app = ServerHost.Build(options);
        await app.Services.GetRequiredService<IStoreSetup>().MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Fact]
    public async Task Connect_RenewalRefused_KeepsTheOldHookAddress()
    {
        var account = await AddAccountAsync();
        var hash = new byte[32];
        await using (var db = await DbAsync())
        {
            db.Connections.Add(new ConnectionRow { Id = app.Services.GetRequiredService<IIdSource>().NewId(), AccountId = account, Kind = "amocrm", Name = "crm", BaseUrl = "https://real.amocrm.ru", HookTokenHash = hash, CreatedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Cancel);
        }

        var request = new ConnectionRequest("amocrm", "crm", "http://127.0.0.1:1", null, new Dictionary<string, string> { ["token"] = "wrong" }, null);
        await Assert.ThrowsAsync<ConnectionRefusedException>(() => app.Services.GetRequiredService<ConnectionService>().ConnectAsync(new(account), request, new("https://hooks.example.com"), Cancel));

        await using var read = await DbAsync();
        var row = await read.Connections.SingleAsync(Cancel);
        Assert.Equal(("https://real.amocrm.ru", Convert.ToHexString(hash)), (row.BaseUrl, Convert.ToHexString(row.HookTokenHash!)));
    }

    [Theory]
    [InlineData("amocrm", null)]
    [InlineData("amocrm", "not an address")]
    [InlineData("smsc", "ftp://smsc.ru")]
    public async Task Connect_WithoutAnAddress_IsRefusedAndStoresNothing(string kind, string? address)
    {
        var account = await AddAccountAsync();

        var refused = await Assert.ThrowsAsync<ConnectionRefusedException>(() => app.Services.GetRequiredService<ConnectionService>().ConnectAsync(new(account), new(kind, "x", address, null, null, null), new("https://hooks.example.com"), Cancel));

        Assert.Equal("url_denied", refused.Code);
        await using var db = await DbAsync();
        Assert.Empty(await db.Connections.ToListAsync(Cancel));
    }

    [Fact]
    public async Task FirstStart_KilledBeforeTheKeyWasStored_MakesItAtTheNextStart()
    {
        await AddAccountAsync();

        var first = await app.Services.GetRequiredService<FirstStart>().RunAsync(options, Cancel);
        var second = await app.Services.GetRequiredService<FirstStart>().RunAsync(options, Cancel);

        Assert.NotNull(first.Key);
        Assert.Equal(first.Key, await File.ReadAllTextAsync(folder.File(FirstStart.KeyFile), Cancel));
        Assert.Null(second.Key);
    }

    [Fact]
    public async Task FirstStart_WithoutAnAdministrator_GivesALinkOfWhichOnlyTheHashIsKept()
    {
        var account = await AddAccountAsync();
        var first = await app.Services.GetRequiredService<FirstStart>().RunAsync(options, Cancel);
        var token = first.First!.Segments[^1];
        await using (var db = await DbAsync())
        {
            var row = await db.ApiKeys.SingleAsync(one => one.Kind == "first", Cancel);
            Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(token)), row.Hash);
            db.Users.Add(new UserRow { Id = account, AccountId = account, Login = "a", NormalizedLogin = "A", Name = "A", SecurityStamp = "s", Role = "admin" });
            await db.SaveChangesAsync(Cancel);
        }

        var second = await app.Services.GetRequiredService<FirstStart>().RunAsync(options, Cancel);
        Assert.Null(second.First);
        Assert.StartsWith("/start/", second.Link.AbsolutePath, StringComparison.Ordinal);
        // On a shared database whoever reads the output is no administrator.
        Assert.Equal("/sign-in", (await app.Services.GetRequiredService<FirstStart>().RunAsync(options with { Postgres = "Host=db" }, Cancel)).Link.AbsolutePath);
    }

    [Fact]
    public async Task Forms_AfterARestart_AreStillKnown()
    {
        var sealedText = app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("form").Protect("text");
        await using var next = ServerHost.Build(options);
        Assert.Equal("text", next.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("form").Unprotect(sealedText));
    }

    private async Task<Guid> AddAccountAsync()
    {
        var id = app.Services.GetRequiredService<IIdSource>().NewId();
        await using var db = await DbAsync();
        db.Accounts.Add(new AccountRow { Id = id, Slug = "main", Name = "Main", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = DateTimeOffset.UnixEpoch });
        await db.SaveChangesAsync(Cancel);
        return id;
    }

    private async Task<AutomationDbContext> DbAsync() => await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(Cancel);
}
