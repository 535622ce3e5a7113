using System.Net;
using Automation.Engine.Api;
using Automation.Engine.Api.People;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>A server on PostgreSQL; without one its tests are skipped.</summary>
public sealed class PostgresHolder : IAsyncLifetime
{
    private TestServer? server;

    public TestServer Server
    {
        get
        {
            if (server is null) Assert.Skip(PostgresServer.WhyNot);
            return server;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Shared is null) return;
        server = new() { Postgres = await PostgresServer.Shared.CreateDatabaseAsync(TestServer.Cancel) };
        await server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}

public sealed class PeopleOnSqliteTests(TestServer server) : PeopleContract(server), IClassFixture<TestServer>;

public sealed class PeopleOnPostgresTests(PostgresHolder holder) : PeopleContract(holder.Server), IClassFixture<PostgresHolder>;

/// <summary>Links that make users, and what ends a session.</summary>
public abstract class PeopleContract(TestServer server)
{
    private readonly People people = new(server.Client, server.ApiKey);

    private static CancellationToken Cancel => TestServer.Cancel;

    private ApiKeyService Keys => server.Services.GetRequiredService<ApiKeyService>();

    [Fact]
    public async Task FirstLink_MakesAnAdminOnce_AndEndsTheOthers()
    {
        var (account, key) = await server.AddAccountAsync("first");
        var (_, older, _) = await Keys.AddFirstLinkAsync(account, Cancel);
        var (_, link, _) = await Keys.AddFirstLinkAsync(account, Cancel);
        await (await people.JoinByAsync(older, "anna-older")).AssertProblemAsync(404, "link_invalid");

        var session = await people.SessionAsync(People.CookieOf(await people.JoinByAsync(link, "anna-first")));

        Assert.Equal(("first", "admin", "anna-first"), ((string?)session["account"], (string?)session["role"], (string?)session["login"]));
        await (await people.JoinByAsync(link, "boris-first")).AssertProblemAsync(404, "link_invalid");
        var again = People.TokenOf(await (await new People(server.Client, key).ByKeyAsync("POST", "/api/users/admin-link")).JsonAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await people.JoinByAsync(again, "boris-first")).StatusCode);
        await using var db = await server.DbAsync();
        Assert.False(await db.ApiKeys.AnyAsync(row => row.AccountId == account.Value && row.Kind == ApiKeyKinds.First, Cancel));
    }

    [Fact]
    public async Task Invitation_WorksOnceAndInTime_AndARefusalLeavesIt()
    {
        await people.JoinAsync("taken", Roles.Viewer);
        var token = await people.InviteAsync(Roles.Editor);
        await (await people.JoinByAsync(token, "TAKEN")).AssertProblemAsync(409, "login_taken");
        await (await people.JoinByAsync(token, "vera", "short")).AssertProblemAsync(400, "password_weak");
        await (await people.JoinByAsync(token, "vera", "vvvvvvvvvvvvv")).AssertProblemAsync(400, "password_weak");
        await (await people.JoinByAsync(token, "ve ra")).AssertProblemAsync(400, "login_invalid");

        Assert.Equal("editor", (string?)(await people.SessionAsync(People.CookieOf(await people.JoinByAsync(token, "vera"))))["role"]);

        await (await people.JoinByAsync(token, "vera-2")).AssertProblemAsync(404, "link_invalid");
        var late = await people.InviteAsync(Roles.Editor);
        await using (var db = await server.DbAsync())
        {
            var now = server.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            var (began, ends) = await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Invite && row.Role == Roles.Editor).Select(row => new ValueTuple<DateTimeOffset, DateTimeOffset?>(row.CreatedAt, row.ExpiresAt)).SingleAsync(Cancel);
            Assert.Equal(TimeSpan.FromDays(7), ends - began);
            await db.ApiKeys.Where(row => row.Kind == ApiKeyKinds.Invite && row.Role == Roles.Editor).ExecuteUpdateAsync(update => update.SetProperty(row => row.ExpiresAt, now), Cancel);
        }

        await (await people.JoinByAsync(late, "late")).AssertProblemAsync(404, "link_invalid");
    }

    [Fact]
    public async Task Links_AreNoKeysAndNoSessions()
    {
        var token = await people.InviteAsync(Roles.Admin);
        var answers = new[]
        {
            await new People(server.Client, token).ByKeyAsync("GET", "/api/users"),
            await people.ByCookieAsync($"automation_session={token}", "GET", "/api/users"),
            await server.Client.GetAsync($"/start/{token}", Cancel),
        };
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests }));
    }

    [Fact]
    public async Task Role_Changed_EndsTheSessionsAndHoldsAtTheNext()
    {
        var cookie = await people.JoinAsync("galina", Roles.Viewer);
        var studio = (string)(await (await people.ByCookieAsync(cookie, "POST", "/api/session/studio", new { })).JsonAsync())["key"]!;
        var changed = await people.ByKeyAsync("PUT", $"/api/users/{await people.IdAsync("galina")}", new { role = Roles.Publisher });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, (await people.ByCookieAsync(cookie, "GET", "/api/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new People(server.Client, studio).ByKeyAsync("GET", "/elsa/api/workflow-definitions")).StatusCode);
        Assert.Equal("publisher", (string?)(await people.SessionAsync(People.CookieOf(await people.SignInAsync("galina"))))["role"]);
    }

    /// <summary>Also where the sessions' rows were left, as by a sign-in that was on its way: the stamp decides.</summary>
    [Fact]
    public async Task Stamp_Changed_EndsTheSession()
    {
        var cookie = await people.JoinAsync("dmitri", Roles.Viewer);
        await using (var db = await server.DbAsync()) await db.Users.Where(row => row.Login == "dmitri").ExecuteUpdateAsync(update => update.SetProperty(row => row.SecurityStamp, "another"), Cancel);
        Keys.Forget(server.Account.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, (await people.ByCookieAsync(cookie, "GET", "/api/session")).StatusCode);
    }

    [Fact]
    public async Task Password_Changed_EndsEverySessionAndOpensWithTheNew()
    {
        const string Next = "другая лошадь 22";
        var (cookie, other) = (await people.JoinAsync("elena", Roles.Viewer), People.CookieOf(await people.SignInAsync("elena")));
        await (await people.ByCookieAsync(cookie, "PUT", "/api/session/password", new { current = "не та лошадь 1", password = Next })).AssertProblemAsync(403, "password_wrong");
        await (await people.ByCookieAsync(cookie, "PUT", "/api/session/password", new { current = People.Password, password = "short" })).AssertProblemAsync(400, "password_weak");
        Assert.Equal(HttpStatusCode.NoContent, (await people.ByCookieAsync(cookie, "PUT", "/api/session/password", new { current = People.Password, password = Next })).StatusCode);

        foreach (var one in new[] { cookie, other }) Assert.Equal(HttpStatusCode.Unauthorized, (await people.ByCookieAsync(one, "GET", "/api/session")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await people.SignInAsync("elena", Next)).StatusCode);
        Assert.False((await people.SignInAsync("elena")).IsSuccessStatusCode);
    }

    /// <summary>A page that is open shows nothing more to somebody who may not look any more.</summary>
    [Fact]
    public async Task Removed_WhileAStreamIsOpen_EndsTheStream()
    {
        var cookie = await people.JoinAsync("timur", Roles.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/journal/live") { Headers = { { "Cookie", cookie } } };
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
        Assert.NotEqual(0, await stream.ReadAsync(new byte[100], Cancel));

        await people.ByKeyAsync("DELETE", $"/api/users/{await people.IdAsync("timur")}");

        await stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task PasswordLink_SetsANewOneOnce_EndsSessionsAndOpensAClosedLogin()
    {
        const string Next = "третья лошадь 333";
        var cookie = await people.JoinAsync("nina", Roles.Editor);
        var token = People.TokenOf(await (await people.ByKeyAsync("POST", $"/api/users/{await people.IdAsync("nina")}/password-link")).JsonAsync());
        await using (var db = await server.DbAsync()) await db.Users.Where(row => row.Login == "nina").ExecuteUpdateAsync(update => update.SetProperty(row => row.LockedUntil, DateTimeOffset.MaxValue.AddYears(-1)), Cancel);
        await (await people.JoinByAsync(token, "", "short")).AssertProblemAsync(400, "password_weak");

        var session = await people.SessionAsync(People.CookieOf(await people.JoinByAsync(token, "somebody else", Next)));

        Assert.Equal(("nina", "editor"), ((string?)session["login"], (string?)session["role"]));
        await (await people.JoinByAsync(token, "", "четвёртая лошадь 4")).AssertProblemAsync(404, "link_invalid");
        Assert.Equal(HttpStatusCode.Unauthorized, (await people.ByCookieAsync(cookie, "GET", "/api/session")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await people.SignInAsync("nina", Next)).StatusCode);
    }

    [Fact]
    public async Task LastAdmin_Stays_AndTheLastButOneMayGo()
    {
        var (account, key) = await server.AddAccountAsync("admins");
        var own = new People(server.Client, key);
        var cookie = await own.JoinAsync("zoya", Roles.Admin);
        var zoya = await own.IdAsync("zoya");
        await (await own.ByKeyAsync("DELETE", $"/api/users/{zoya}")).AssertProblemAsync(409, "last_admin");
        await (await own.ByKeyAsync("PUT", $"/api/users/{zoya}", new { role = Roles.Viewer })).AssertProblemAsync(409, "last_admin");
        Assert.Equal("admin", (string?)(await people.SessionAsync(cookie))["role"]);

        await own.JoinAsync("igor", Roles.Admin);
        Assert.Equal(HttpStatusCode.NoContent, (await own.ByKeyAsync("DELETE", $"/api/users/{zoya}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.ByCookieAsync(cookie, "GET", "/api/session")).StatusCode);
        // Nobody of another account is touched from here.
        await (await people.ByKeyAsync("DELETE", $"/api/users/{await own.IdAsync("igor")}")).AssertProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task LastAdmins_RemovedAtOnce_OneStays()
    {
        var (_, key) = await server.AddAccountAsync("both");
        var own = new People(server.Client, key);
        foreach (var login in new[] { "both-1", "both-2" }) await own.JoinAsync(login, Roles.Admin);
        var ids = new[] { await own.IdAsync("both-1"), await own.IdAsync("both-2") };

        var answers = await Task.WhenAll(ids.Select(id => own.ByKeyAsync("DELETE", $"/api/users/{id}")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Single((await (await own.ByKeyAsync("GET", "/api/users")).JsonAsync())["items"]!);
    }

    [Fact]
    public async Task Preferences_OfAUserAndOfAKeysSession_AreKept()
    {
        var user = await people.JoinAsync("ksenia", Roles.Viewer);
        var key = People.CookieOf(await people.ByKeyAsync("POST", "/api/session"));
        foreach (var cookie in new[] { user, key })
        {
            await (await people.ByCookieAsync(cookie, "PUT", "/api/session/preferences", new { language = "de" })).AssertProblemAsync(400, "payload_invalid");
            Assert.Equal(HttpStatusCode.NoContent, (await people.ByCookieAsync(cookie, "PUT", "/api/session/preferences", new { language = "en" })).StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, (await people.ByCookieAsync(cookie, "PUT", "/api/session/preferences", new { theme = "dark" })).StatusCode);
            var session = await people.SessionAsync(cookie);
            Assert.Equal(("en", "dark"), ((string?)session["language"], (string?)session["theme"]));
        }

        Assert.Equal("en", (string?)(await people.SessionAsync(People.CookieOf(await people.SignInAsync("ksenia"))))["language"]);
    }
}

public sealed class LocalAddressTests
{
    [Theory]
    [InlineData("/funnels/sales?trigger=t1", "/funnels/sales?trigger=t1")]
    [InlineData(null, "/funnels")]
    [InlineData("/", "/funnels")]
    [InlineData("//evil.example", "/funnels")]
    [InlineData("/\\evil.example", "/funnels")]
    [InlineData("/a\\b", "/funnels")]
    [InlineData("/\t/evil.example", "/funnels")]
    [InlineData("https://evil.example", "/funnels")]
    [InlineData("/sign-out", "/funnels")]
    public void ReturnAddress_IsOneOfOurs(string? asked, string goes) => Assert.Equal(goes, LocalAddress.Of(asked));
}

public sealed class SignInOnSqliteTests(TestServer server) : SignInContract(server), IClassFixture<TestServer>;

public sealed class SignInOnPostgresTests(PostgresHolder holder) : SignInContract(holder.Server), IClassFixture<PostgresHolder>;

/// <summary>With a server of its own: wrong tries of an address are counted.</summary>
public abstract class SignInContract(TestServer server)
{
    [Fact]
    public async Task SignIn_FiveWrong_ClosesTheLoginAndSaysNoMore()
    {
        var people = new People(server.Client, server.ApiKey);
        await people.JoinAsync("Anna@example.com", Roles.Viewer);
        Assert.Equal("viewer", (string?)(await people.SessionAsync(People.CookieOf(await people.SignInAsync(" anna@EXAMPLE.com"))))["role"]);

        var unknown = await (await people.SignInAsync("nobody@example.com")).AssertProblemAsync(401, "sign_in_refused");
        var wrong = await (await people.SignInAsync("anna@example.com", "не та лошадь 11")).AssertProblemAsync(401, "sign_in_refused");
        Assert.Equal(unknown["title"], wrong["title"]);
        // All at once are no more than in turn; the address is told to stop besides.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => people.SignInAsync("anna@example.com", "не та лошадь 11")));

        Assert.False((await people.SignInAsync("anna@example.com")).IsSuccessStatusCode);
        var locked = (await (await people.ByKeyAsync("GET", "/api/users")).JsonAsync())["items"]!.Single()["lockedUntil"];
        Assert.InRange((DateTimeOffset)locked! - server.Services.GetRequiredService<TimeProvider>().GetUtcNow(), TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));

        await using (var db = await server.DbAsync()) await db.Users.ExecuteUpdateAsync(update => update.SetProperty(row => row.LockedUntil, DateTimeOffset.UnixEpoch), TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, (await people.SignInAsync("anna@example.com")).StatusCode);
    }
}
