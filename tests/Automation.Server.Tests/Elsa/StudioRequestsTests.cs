using System.Net;
using Automation.Server.Tests.Api;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Elsa;

/// <summary>No button of Studio is dead.</summary>
public sealed class StudioRequestsTests(TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<string> Requests => [.. StudioRequests.All];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Request_OfStudio_HasAnEndpoint(string request) =>
        Assert.Contains(Routes(), route => Exact(route, request));

    [Theory]
    [InlineData("GET", "secrets")]
    [InlineData("POST", "workflow-definitions/a/b/c")]
    [InlineData("GET", "")]
    public async Task Request_OfNobody_IsAProblemInWords(string method, string path)
    {
        using var api = await ElsaClient.NewAsync(server);
        using var request = new HttpRequestMessage(new(method), $"/elsa/api/{path}");
        await (await api.Http.SendAsync(request, TestServer.Cancel)).AssertProblemAsync((int)HttpStatusCode.NotFound, "not_found");
    }

    // A parameter stands for a parameter only: a longer literal route would hide a missing one.
    private static bool Exact(string route, string request)
    {
        var (left, right) = (route.Split('/', ' '), request.Split('/', ' '));
        return left.Length == right.Length && left.Zip(right).All(pair => pair.First.StartsWith('{') == pair.Second.StartsWith('{') && (pair.First.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)));
    }

    private IEnumerable<string> Routes() =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText?.Trim('/')
        where path.StartsWith("/elsa/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]
        select $"{method} {path["/elsa".Length..]}";
}
