using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class CalendarTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Calendar_SavedShownRemoved_StaysInItsAccount()
    {
        var (api, other) = (await ApiAsync("calendars"), await ApiAsync("calendars-other"));
        Assert.Equal(["ru"], (await ItemsAsync(api)).Select(row => (string?)row["name"]));
        var saved = await api.PutAsync("/api/calendars/office", Json("""{ "extends": "ru", "week": "mon-fri 09:00-17:00", "years": [{ "year": 2026, "off": ["10-12"], "source": "own" }] }"""), Cancel);
        Assert.Equal(0, (int)JObject.Parse(await saved.Content.ReadAsStringAsync(Cancel))["moved"]!);
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);

        var rows = await ItemsAsync(api);
        Assert.Equal(["office", "ru"], rows.Select(row => (string?)row["name"]));
        Assert.Equal((true, false), ((bool)rows[0]["own"]!, (bool)rows[1]["own"]!));
        var shown = JObject.Parse(await api.GetStringAsync("/api/calendars/office", Cancel));
        Assert.Equal("mon-fri 09:00-17:00", (string?)shown["document"]!["week"]);

        // Another account neither sees nor removes it.
        Assert.Equal(["ru"], (await ItemsAsync(other)).Select(row => (string?)row["name"]));
        await (await other.GetAsync("/api/calendars/office", Cancel)).AssertProblemAsync(404, "not_found");
        await (await other.DeleteAsync("/api/calendars/office", Cancel)).AssertProblemAsync(404, "not_found");
        Assert.Equal(HttpStatusCode.OK, (await api.DeleteAsync("/api/calendars/office", Cancel)).StatusCode);
        await (await api.GetAsync("/api/calendars/office", Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("office", """{ "week": "nine to five" }""", "week")]
    [InlineData("office", """{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2026, "off": ["31-12"] }] }""", "years[0].off[0]")]
    [InlineData("office", """{ "extends": "nowhere" }""", "extends")]
    [InlineData("of fice", """{ "week": "mon-fri 10:00-18:00" }""", "name")]
    public async Task Save_WrongCalendar_SavesNothingAndNamesThePlace(string name, string body, string path)
    {
        var api = await ApiAsync($"wrong-{path.GetHashCode(StringComparison.Ordinal):x}");
        var answer = await api.PutAsync($"/api/calendars/{Uri.EscapeDataString(name)}", Json(body), Cancel);
        var problem = JObject.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((400, "calendar_invalid", path), ((int)answer.StatusCode, (string?)problem["code"], (string?)problem["errors"]![0]!["path"]));
        Assert.Equal(["ru"], (await ItemsAsync(api)).Select(row => (string?)row["name"]));
    }

    [Fact]
    public async Task Save_BreaksTheOneThatStandsOnIt_IsRefused()
    {
        var api = await ApiAsync("stands");
        await api.PutAsync("/api/calendars/base", Json("""{ "week": "mon-fri 10:00-18:00" }"""), Cancel);
        await api.PutAsync("/api/calendars/region", Json("""{ "extends": "base" }"""), Cancel);
        await (await api.DeleteAsync("/api/calendars/base", Cancel)).AssertProblemAsync(400, "calendar_invalid");
        await (await api.PutAsync("/api/calendars/base", Json("""{ "extends": "region" }"""), Cancel)).AssertProblemAsync(400, "calendar_invalid");
        Assert.Equal(["base", "region", "ru"], (await ItemsAsync(api)).Select(row => (string?)row["name"]));
    }

    private async Task<HttpClient> ApiAsync(string slug)
    {
        var (_, key) = await server.AddAccountAsync(slug);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    private static async Task<List<JToken>> ItemsAsync(HttpClient api) => [.. JObject.Parse(await api.GetStringAsync("/api/calendars", Cancel))["items"]!];

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
