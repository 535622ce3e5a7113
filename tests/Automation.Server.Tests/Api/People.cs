using System.Text;
using Automation.Engine.Api;
using Automation.Engine.Api.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>People at a server: they join by links, sign in, and ask with their cookie.</summary>
internal sealed class People(HttpClient client, string adminKey)
{
    public const string Password = "верная лошадь 1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Invites with that role, joins, and gives the cookie back.</summary>
    public async Task<string> JoinAsync(string login, string role, string password = Password) =>
        CookieOf(await JoinByAsync(await InviteAsync(role), login, password));

    /// <returns>The invitation's token.</returns>
    public async Task<string> InviteAsync(string role) => TokenOf(await (await ByKeyAsync("POST", "/api/invitations", new { role })).JsonAsync());

    public static string TokenOf(JObject link) => ((string)link["path"]!).Split('/')[^1];

    public Task<HttpResponseMessage> JoinByAsync(string token, string login, string password = Password) =>
        SendAsync("POST", "/api/join", new { token, login, name = login, password });

    public Task<HttpResponseMessage> SignInAsync(string login, string password = Password) => SendAsync("POST", "/api/sign-in", new { login, password });

    public Task<HttpResponseMessage> ByKeyAsync(string method, string path, object? body = null) => SendAsync(method, path, body, ("X-Api-Key", adminKey));

    public Task<HttpResponseMessage> ByCookieAsync(string cookie, string method, string path, object? body = null) =>
        SendAsync(method, path, body, ("Cookie", cookie), ("X-Requested-With", "automation"));

    /// <summary>Who the cookie is, as the server says it.</summary>
    public async Task<JObject> SessionAsync(string cookie) => await (await ByCookieAsync(cookie, "GET", "/api/session")).JsonAsync();

    public async Task<Guid> IdAsync(string login) =>
        Guid.Parse((string)(await (await ByKeyAsync("GET", "/api/users")).JsonAsync())["items"]!.Single(one => (string?)one["login"] == login)["id"]!);

    public static string CookieOf(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        return Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is not null) request.Content = new StringContent(ApiJson.Write(body), Encoding.UTF8, "application/json");
        return await client.SendAsync(request, Cancel);
    }
}
