using Automation.Engine.Accounts;
using Automation.Engine.Api;
using Automation.Engine.Api.Access;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Server.CommandLine;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Automation.Server.Setup;

/// <param name="Key">The API key; only at the very first start, null after.</param>
/// <param name="Link">Opens the page: once and without the key, or by its sign-in where PostgreSQL and an administrator are.</param>
/// <param name="First">Makes the first administrator; null when there is one.</param>
public sealed record StartReport(AccountId Account, string? Key, Uri Link, Uri? First = null);

/// <summary>Makes the first account and its key. No default keys: what is made here is printed once and kept as a hash.</summary>
public sealed class FirstStart(IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys, IDataProtectionProvider protection, IIdSource ids, TimeProvider clock)
{
    public const string KeyFile = "cli.key";

    public async Task<StartReport> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var account = await context.Accounts.OrderBy(row => row.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (account is null)
        {
            account = new AccountRow { Id = ids.NewId(), Slug = "main", Name = "Main", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = clock.GetUtcNow() };
            context.Accounts.Add(account);
            await context.SaveChangesAsync(cancellationToken);
        }

        string? key = null;
        if (!await context.ApiKeys.AnyAsync(row => row.AccountId == account.Id && row.Kind == ApiKeyKinds.Key && row.Role == Roles.Admin, cancellationToken))
        {
            // The file first: a kill between leaves a file that the next start writes anew, never a key that nobody has seen.
            key = Environment.GetEnvironmentVariable("AUTOMATION_KEY") ?? Tokens.New("key");
            await WriteKeyAsync(Path.Combine(options.Data, KeyFile), key, cancellationToken);
            await keys.CreateAsync(new(account.Id), "first", ApiKeyKinds.Key, null, cancellationToken, key);
        }

        // The first key of forms and pages is made by one server, so that all have the same.
        protection.CreateProtector(nameof(FirstStart)).Protect("");
        var hasAdmin = await context.Users.AnyAsync(row => row.AccountId == account.Id && row.Role == Roles.Admin, cancellationToken);
        var pages = new Uri(options.Url);
        // Several servers, perhaps behind a proxy: whoever reads their output signs in like everybody.
        if (hasAdmin && options.Postgres is { Length: > 0 }) return new(new(account.Id), key, new(pages, "/sign-in"));
        var first = hasAdmin ? null : new Uri(pages, $"/first/{(await keys.AddFirstLinkAsync(new(account.Id), cancellationToken)).Token}");
        var once = await keys.CreateAsync(new(account.Id), account.Language == "ru" ? "ссылка сервера" : "server's link", ApiKeyKinds.OneTime, TimeSpan.FromHours(12), cancellationToken);
        return new(new(account.Id), key, new(pages, $"/start/{once}"), first);
    }

    // For the command line on this machine; readable by its user only.
    private static async Task WriteKeyAsync(string path, string key, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, options);
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(key), cancellationToken);
    }
}
