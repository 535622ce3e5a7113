using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class KeyTests
{
    private readonly StubServer server = new();

    [Fact]
    public async Task Keys_Add_ShowsTheKeyOnce()
    {
        server.On("POST /api/keys", """{"id":"1","name":"Anna","role":"editor","key":"key_abc"}""");
        Assert.Equal(0, await server.RunAsync("keys", "add", "Anna", "--role", "editor"));
        Assert.Contains("editor: key_abc", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_WithoutAVerb_ListsThem()
    {
        server.On("GET /api/keys", """{"items":[{"id":"1","name":"first","role":"admin","createdAt":"2026-11-22T10:00:00Z"}]}""");
        Assert.Equal(0, await server.RunAsync("keys"));
        Assert.Contains("admin", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminLink_GivesTheWholeAddress()
    {
        server.On("POST /api/users/admin-link", """{"id":"1","role":"admin","path":"/first/abc","expiresAt":"2026-11-23T10:00:00Z"}""");
        Assert.Equal(0, await server.RunAsync("admin-link"));
        Assert.Equal("http://127.0.0.1:5080/first/abc", server.Output.Trim());
    }

    [Fact]
    public async Task Keys_Remove_TakesTheIdOfTheList()
    {
        server.On("DELETE /api/keys/1", "");
        Assert.Equal(0, await server.RunAsync("keys", "remove", "1"));
        Assert.Equal("Removed.", server.Output.Trim());
    }
}
