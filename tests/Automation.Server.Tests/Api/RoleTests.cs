using System.Net;
using System.Text;
using Automation.Engine.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>What each role may do, asked over HTTP.</summary>
public sealed class RoleTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    /// <summary>Each call is allowed to the roles named and to no others; whatever it then says is not "forbidden".</summary>
    [Theory]
    [InlineData("GET", "/api/funnels", "viewer editor publisher operator admin")]
    [InlineData("GET", "/api/keys", "admin")]
    [InlineData("POST", "/api/keys", "admin")]
    [InlineData("POST", "/api/eval", "viewer editor publisher operator admin")]
    [InlineData("POST", "/api/funnels/import", "editor publisher admin")]
    [InlineData("POST", "/api/funnels/import?publish=true", "publisher admin")]
    [InlineData("PUT", "/api/funnels/none/draft", "editor publisher admin")]
    [InlineData("POST", "/api/funnels/none/publish", "publisher admin")]
    [InlineData("POST", "/api/funnels/none/try", "editor publisher admin")]
    [InlineData("POST", "/api/funnels/none/back-tests", "editor publisher admin")]
    [InlineData("GET", "/api/funnels/none/back-tests", "viewer editor publisher operator admin")]
    [InlineData("POST", "/api/dead-letters/redrive", "operator admin")]
    [InlineData("POST", "/api/runs/00000000-0000-0000-0000-000000000001/cancel", "operator admin")]
    [InlineData("PUT", "/api/settings", "admin")]
    [InlineData("DELETE", "/api/connections/none", "admin")]
    [InlineData("GET", "/api/message-templates", "viewer editor publisher operator admin")]
    [InlineData("PUT", "/api/message-templates/none", "editor publisher admin")]
    [InlineData("DELETE", "/api/message-templates/none", "editor publisher admin")]
    [InlineData("POST", "/elsa/api/workflow-instances", "viewer editor publisher operator admin")]
    [InlineData("POST", "/elsa/api/workflow-definitions", "editor publisher admin")]
    [InlineData("POST", "/elsa/api/workflow-definitions/none/publish", "publisher admin")]
    [InlineData("POST", "/elsa/api/workflow-definitions/none/execute", "operator admin")]
    [InlineData("DELETE", "/elsa/api/workflow-definitions/none", "publisher admin")]
    [InlineData("POST", "/elsa/api/cancel/workflow-instances/none", "operator admin")]
    [InlineData("POST", "/elsa/api/alterations/workflows/retry", "operator admin")]
    [InlineData("POST", "/elsa/hubs/workflow-instance/negotiate", "viewer editor publisher operator admin")]
    public async Task Call_OfEachRole_IsAllowedOrForbidden(string method, string path, string allowed)
    {
        var may = new List<string>();
        foreach (var role in Roles.All)
        {
            using var answer = await SendAsync(await KeyAsync(role), method, path);
            if (answer.StatusCode != HttpStatusCode.Forbidden) may.Add(role);
            else Assert.Contains(role, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.Equal(allowed.Split(' '), may);
    }

    /// <summary>Saving with <c>publish</c> is publishing.</summary>
    [Fact]
    public async Task Definition_SavedWithPublish_TakesAPublisher()
    {
        const string Body = """{"model":{"name":"r","root":{"id":"s","type":"Elsa.Sequence","version":1,"activities":[]}},"publish":true}""";
        using var refused = await SendAsync(await KeyAsync(Roles.Editor), "POST", "/elsa/api/workflow-definitions", Body);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var saved = await SendAsync(await KeyAsync(Roles.Publisher), "POST", "/elsa/api/workflow-definitions", Body);
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
    }

    /// <summary>Studio offers what has a link: who may not save gets an editor that only shows, and a list that only lists.</summary>
    [Theory]
    [InlineData(Roles.Viewer, "", "")]
    [InlineData(Roles.Operator, "execute", "")]
    [InlineData(Roles.Editor, "publish import", "bulk-publish create")]
    [InlineData(Roles.Publisher, "publish retract delete import", "bulk-publish bulk-retract bulk-delete-by-id create")]
    [InlineData(Roles.Admin, "execute publish retract delete import", "bulk-publish bulk-retract bulk-delete-by-id create")]
    public async Task Links_OfADefinition_AreThoseOfTheCallersRole(string role, string ofOne, string ofTheList)
    {
        using var saved = await SendAsync(await KeyAsync(Roles.Publisher), "POST", "/elsa/api/workflow-definitions", """{"model":{"name":"links","root":{"id":"s","type":"Elsa.Sequence","version":1,"activities":[]}},"publish":true}""");
        var id = (string)(await saved.JsonAsync()).SelectToken("workflowDefinition.definitionId")!;
        var key = await KeyAsync(role);
        var one = await (await SendAsync(key, "GET", $"/elsa/api/workflow-definitions/by-definition-id/{id}")).JsonAsync();
        var list = await (await SendAsync(key, "GET", $"/elsa/api/workflow-definitions?DefinitionIds={id}")).JsonAsync();
        Assert.Equal(ofOne, Held(one["links"]!, "execute", "publish", "retract", "delete", "import"));
        Assert.Equal(ofOne, Held(list["items"]![0]!["links"]!, "execute", "publish", "retract", "delete", "import"));
        Assert.Equal(ofTheList, Held(list["links"]!, "bulk-publish", "bulk-retract", "bulk-delete-by-id", "create"));
        Assert.Equal("self export", Held(one["links"]!, "self", "export"));

        static string Held(JToken links, params string[] rels) => string.Join(' ', rels.Where(rel => links.Any(link => (string?)link["rel"] == rel)));
    }

    /// <summary>Nothing that changes something is forgotten: what says nothing would take an admin, and that too is said.</summary>
    [Fact]
    public void Endpoints_ThatAreNoGet_SayWhatTheyTake()
    {
        var silent = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } path && (path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/elsa", StringComparison.Ordinal)))
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not { } methods || methods.Any(method => !HttpMethods.IsGet(method)))
            .Where(endpoint => !endpoint.Metadata.Any(one => one.GetType().Name == "NeededPermission")).Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Empty(silent);
    }

    [Fact]
    public async Task Session_AndStudio_HaveTheRoleOfTheirKeyAndGoWithIt()
    {
        var admin = await KeyAsync(Roles.Admin);
        var added = await (await SendAsync(admin, "POST", "/api/keys", """{"name":"Anna","role":"viewer"}""")).JsonAsync();
        var viewer = (string)added["key"]!;
        var cookie = Assert.Single((await SendAsync(viewer, "POST", "/api/session")).Headers.GetValues("Set-Cookie")).Split(';')[0];
        var studio = (string)(await (await BySessionAsync(HttpMethod.Post, "/api/session/studio")).JsonAsync())["key"]!;
        Assert.Equal("viewer", (string?)(await (await BySessionAsync(HttpMethod.Get, "/api/session")).JsonAsync())["role"]);
        await (await BySessionAsync(HttpMethod.Post, "/api/funnels/import")).AssertProblemAsync(403, "forbidden");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(studio, "POST", "/elsa/api/workflow-definitions")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(studio, "GET", "/elsa/api/workflow-definitions")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(admin, "DELETE", $"/api/keys/{added["id"]}")).StatusCode);
        foreach (var answer in new[] { await SendAsync(viewer, "GET", "/api/funnels"), await BySessionAsync(HttpMethod.Get, "/api/session"), await SendAsync(studio, "GET", "/elsa/api/workflow-definitions") })
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        async Task<HttpResponseMessage> BySessionAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { { "Cookie", cookie }, { "X-Requested-With", "automation" } } };
            return await server.Client.SendAsync(request, Cancel);
        }
    }

    [Fact]
    public async Task Key_LastAdminOrBadRole_IsRefused()
    {
        var (_, only) = await server.AddAccountAsync("roles");
        var id = (string)(await (await SendAsync(only, "GET", "/api/keys")).JsonAsync())["items"]!.Single()["id"]!;
        await (await SendAsync(only, "DELETE", $"/api/keys/{id}")).AssertProblemAsync(409, "last_admin_key");
        await (await SendAsync(only, "POST", "/api/keys", """{"name":"x","role":"king"}""")).AssertProblemAsync(400, "payload_invalid");
        await (await SendAsync(only, "POST", "/api/keys", """{"name":" ","role":"viewer"}""")).AssertProblemAsync(400, "payload_invalid");
        await (await SendAsync(only, "DELETE", $"/api/keys/{Guid.Empty}")).AssertProblemAsync(404, "not_found");
        // Another account's key is no key of this one.
        var other = (string)(await (await SendAsync(server.ApiKey, "GET", "/api/keys")).JsonAsync())["items"]![0]!["id"]!;
        await (await SendAsync(only, "DELETE", $"/api/keys/{other}")).AssertProblemAsync(404, "not_found");
    }

    private Task<string> KeyAsync(string role) => server.Services.GetRequiredService<ApiKeyService>().CreateAsync(server.Account, role, ApiKeyKinds.Key, null, Cancel, role: role);

    private async Task<HttpResponseMessage> SendAsync(string key, string method, string path, string body = "{}")
    {
        using var request = new HttpRequestMessage(new(method), path) { Headers = { { "X-Api-Key", key } } };
        if (method is not ("GET" or "DELETE")) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await server.Client.SendAsync(request, Cancel);
    }
}
