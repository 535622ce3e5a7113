using Automation.Engine.Accounts;
using Automation.Engine.Api;
using Automation.Engine.Api.Access;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Server.CommandLine;
using Microsoft.EntityFrameworkCore;

namespace Automation.Server.Setup;

/// <param name="Key">The API key; only at the very first start, null after.</param>
/// <param name="Link">Opens the page once, without the key.</param>
public sealed record StartReport(AccountId Account, string? Key, Uri Link);

/// <summary>Makes the first account and its key. No default keys: what is made here is printed once and kept as a hash.</summary>
public sealed class FirstStart(IDbContextFactory<AutomationDbContext> contexts, ApiKeyService keys, IIdSource ids, TimeProvider clock)
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

        var once = await keys.CreateAsync(new(account.Id), "start page", ApiKeyKinds.OneTime, TimeSpan.FromHours(12), cancellationToken);
        return new(new(account.Id), key, new Uri(new Uri(options.Url), $"/start/{once}"));
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
