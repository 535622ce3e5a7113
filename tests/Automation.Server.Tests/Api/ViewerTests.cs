using System.Globalization;
using System.Text.RegularExpressions;
using Automation.Engine.Api;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Api;

/// <summary>The whole product, every endpoint that is no GET, asked by somebody who may only look.</summary>
public sealed partial class ViewerTests
{
    /// <summary>What a viewer may send: his own session and looks, and questions that change nothing.</summary>
    private static readonly string[] Allowed =
    [
        // Who is nobody yet becomes somebody; who is somebody has a session, a look and a password of his own.
        "POST /api/sign-in", "POST /api/join", "POST /api/session", "DELETE /api/session", "POST /api/session/studio",
        "PUT /api/session/preferences", "PUT /api/session/profile", "PUT /api/session/password",
        // Questions that take more than an address holds, and trials that send nothing.
        "POST /api/eval", "POST /api/runs/{id}/replay", "POST /api/try/condition",
        "POST /elsa/api/activity-executions/report", "POST /elsa/api/bulk-actions/export/workflow-definitions", "POST /elsa/api/bulk-actions/export/workflow-instances",
        "POST /elsa/api/descriptors/activities/{typeName}/options/{inputName}", "POST /elsa/api/scripting/javascript/type-definitions/{definitionId}",
        "POST /elsa/api/workflow-instances", "POST /elsa/api/workflow-instances/{id}/journal",
        // What watches runs is a socket; what is not there says so.
        .. Each("/elsa/hubs/workflow-instance"), .. Each("/elsa/hubs/workflow-instance/negotiate"), .. Each("/elsa/api/{**rest}"),
    ];

    private static IEnumerable<string> Each(string pattern) => ((string[])["POST", "PUT", "PATCH", "DELETE"]).Select(method => $"{method} {pattern}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Viewer_AnyChange_IsForbidden()
    {
        using var folder = new TempDirectory();
        var options = new ServeOptions { Data = folder.Path, Url = $"http://127.0.0.1:{TestPorts.Next()}", HookUrl = $"http://127.0.0.1:{TestPorts.Next()}" };
        await using var app = ServerHost.Build(options);
        try
        {
            var report = await ServeCommand.StartAsync(app, options, Cancel);
            Assert.Equal(Allowed.Order(StringComparer.Ordinal), (await OpenAsync(app, new(options.Url), report.Key!)).Order(StringComparer.Ordinal));
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
    }

    /// <summary>What is answered otherwise than "forbidden".</summary>
    private static async Task<List<string>> OpenAsync(WebApplication app, Uri address, string key)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
        var (people, open) = (new People(client, key), new List<string>());
        var cookie = await people.JoinAsync("viewer@example.com", Roles.Viewer);
        foreach (var (method, pattern) in Changes(app))
        {
            using var answer = await people.ByCookieAsync(cookie, method, Filled(pattern), new { });
            if ((int)answer.StatusCode != 403 || !(await answer.Content.ReadAsStringAsync(Cancel)).Contains("\"forbidden\"", StringComparison.Ordinal)) open.Add($"{method} {pattern}");
            if (method == "DELETE" && pattern == "/api/session") cookie = People.CookieOf(await people.SignInAsync("viewer@example.com"));
        }

        return open;
    }

    private static IEnumerable<(string Method, string Pattern)> Changes(WebApplication app) =>
        from endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText?.TrimStart('/')
        where pattern.StartsWith("/api", StringComparison.Ordinal) || pattern.StartsWith("/elsa", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "PATCH", "DELETE"]
        where !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method)
        select (method, pattern);

    private static string Filled(string pattern) => Parameter().Replace(pattern, match => match.Value.Contains("int", StringComparison.Ordinal) ? 1.ToString(CultureInfo.InvariantCulture) : Guid.Empty.ToString());

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
