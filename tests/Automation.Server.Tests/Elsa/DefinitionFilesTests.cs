using System.IO.Compression;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Workflows as files, out and in, and how large one may be.</summary>
public sealed class DefinitionFilesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task BulkExport_Several_IsAZipThatImportsElsewhere()
    {
        using var mine = await ElsaClient.NewAsync(server);
        using var theirs = await ElsaClient.NewAsync(server);
        var first = await mine.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "../../etc/Заказ: новый?");
        var second = await mine.SaveAsync(ElsaClient.Chart(), "Второй");
        var body = new JObject { ["ids"] = new JArray(first["id"]!, second["id"]!, "nobody's") };
        var answer = await mine.Http.PostAsync("/elsa/api/bulk-actions/export/workflow-definitions", ElsaClient.Json(body), Cancel);
        Assert.Equal(("application/zip", "attachment"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType));
        var zip = await answer.Content.ReadAsByteArrayAsync(Cancel);
        using (var archive = new ZipArchive(new MemoryStream(zip)))
        {
            Assert.Equal(2, archive.Entries.Count);
            Assert.All(archive.Entries, entry => Assert.Matches(@"^workflow-definition-[\p{L}\p{N}_-]+\.json$", entry.FullName));
            using var reader = new StreamReader(archive.Entries.Single(entry => entry.FullName.Contains("Заказ", StringComparison.Ordinal)).Open());
            Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", (string?)JObject.Parse(await reader.ReadToEndAsync(Cancel))["$schema"], StringComparison.Ordinal);
        }

        await theirs.RefusedAsync(HttpMethod.Post, "bulk-actions/export/workflow-definitions", body, 404, "not_found");
        Assert.Equal(2, (int)(await ElsaClient.ReadAsync(await SendAsync(theirs, ("all.zip", zip))))["count"]!);
        Assert.Equal("../../etc/Заказ: новый?", (string?)(await theirs.GetAsync($"workflow-definitions/by-definition-id/{first["definitionId"]}"))["name"]);
    }

    [Fact]
    public async Task BulkExport_One_IsItsDocument()
    {
        using var api = await ElsaClient.NewAsync(server);
        var saved = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()));
        var file = await api.PostAsync("bulk-actions/export/workflow-definitions", new JObject { ["ids"] = new JArray(saved["id"]!) });
        Assert.Equal((string)saved["definitionId"]!, (string?)file["definitionId"]);
    }

    [Fact]
    public async Task Export_WithConsumers_BringsThoseOfConsumersToo()
    {
        using var api = await ElsaClient.NewAsync(server);
        var used = await api.SaveAsync(ElsaClient.Chart(), "Used");
        var user = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", (string)used["definitionId"]!))), "User");
        await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("run", "Elsa.DispatchWorkflow", ("workflowDefinitionId", "Literal", (string)user["definitionId"]!))), "Far", publish: false);
        var answer = await api.Http.GetAsync($"/elsa/api/workflow-definitions/{used["definitionId"]}/export?includeConsumingWorkflows=true", Cancel);
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(["Used", "User", "Far"], archive.Entries.Select(entry => entry.Name.Split('-')[2]));
    }

    [Fact]
    public async Task ImportFiles_OneIsNoWorkflow_SavesNone()
    {
        using var api = await ElsaClient.NewAsync(server);
        var good = Document("good").ToString();
        var problem = await ElsaClient.RefusedAsync(await SendAsync(api, ("good.json", Encoding.UTF8.GetBytes(good)), ("list.json", "{\"items\":[]}"u8.ToArray())), 400, "payload_invalid");
        Assert.Contains("list.json", (string?)problem["message"], StringComparison.Ordinal);
        await ElsaClient.RefusedAsync(await SendAsync(api, ("good.json", Encoding.UTF8.GetBytes(good)), ("broken.zip", "PK\u0003\u0004 and no more"u8.ToArray())), 400, "payload_invalid");
        Assert.Equal(0, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);
        Assert.Equal(1, (int)(await ElsaClient.ReadAsync(await SendAsync(api, ("good.json", Encoding.UTF8.GetBytes(good)))))["count"]!);
    }

    /// <summary>A zip of 40 KB that unpacks to 40 MB, and one of many files.</summary>
    [Fact]
    public async Task ImportFiles_Bomb_IsRefusedBeforeItUnpacks()
    {
        using var api = await ElsaClient.NewAsync(server);
        var large = Zip(("large.json", new string(' ', 40 * 1024 * 1024)));
        Assert.True(large.Length < 100_000, $"{large.Length}");
        await ElsaClient.RefusedAsync(await SendAsync(api, ("bomb.zip", large)), 413, "payload_too_large");
        await ElsaClient.RefusedAsync(await SendAsync(api, ("many.zip", Zip([.. Enumerable.Range(0, 201).Select(number => ($"{number}.json", Document($"d{number}").ToString()))]))), 413, "payload_too_large");
        Assert.Equal(0, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);
        await ElsaClient.RefusedAsync(await api.Http.PostAsync("/elsa/api/workflow-definitions/import-files", ElsaClient.Json([]), Cancel), 415, "media_type_unsupported");
    }

    [Fact]
    public async Task Save_TooManySteps_IsRefusedAndNothingIsSaved()
    {
        using var api = await ElsaClient.NewAsync(server);
        await api.SaveAsync(Steps(9_999), publish: false);
        await api.RefusedAsync(HttpMethod.Post, "workflow-definitions", new JObject { ["model"] = new JObject { ["name"] = "Большой", ["root"] = Steps(10_000) } }, 400, "definition_too_large");
        await api.RefusedAsync(HttpMethod.Post, "workflow-definitions/import", new JObject { ["name"] = "Большой", ["root"] = Steps(10_000) }, 400, "definition_too_large");
        Assert.Equal(1, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);
    }

    /// <summary>Every level that may be saved can be published and run as well.</summary>
    [Fact]
    public async Task Save_Deep_IsRefusedAboveTheLimitAndRunsBelowIt()
    {
        using var api = await ElsaClient.NewAsync(server);
        var deep = await api.SaveAsync(Nested(48));
        Assert.Equal("Finished", await api.StateAsync(await api.RunAsync(deep)));
        foreach (var levels in new[] { 50, 70, 5_000 })
            await ElsaClient.RefusedAsync(await api.Http.PostAsync("/elsa/api/workflow-definitions", new StringContent($$$"""{"model":{"name":"Глубокий","root":{{{NestedText(levels)}}}}}""", Encoding.UTF8, "application/json"), Cancel), 400, "definition_too_large");
        Assert.Equal(1, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);
    }

    /// <summary>What was saved so would break every list that it stands in.</summary>
    [Theory]
    [InlineData("""{"name":{},"root":{"id":"a","type":"Elsa.Flowchart","version":1}}""")]
    [InlineData("""{"name":"x","root":{"id":["a"],"type":"Elsa.Flowchart","version":1}}""")]
    [InlineData("""{"name":"x","root":{"id":"a","type":{},"version":1}}""")]
    [InlineData("""{"name":"x","root":{"id":"a","type":"Elsa.Flowchart","version":"one"}}""")]
    public async Task Save_SomethingElseWhereATextBelongs_IsRefused(string model)
    {
        using var api = await ElsaClient.NewAsync(server);
        await api.RefusedAsync(HttpMethod.Post, "workflow-definitions", new JObject { ["model"] = JObject.Parse(model), ["publish"] = "perhaps" }, 400, "definition_invalid");
        await api.RefusedAsync(HttpMethod.Post, "workflow-definitions/import", JObject.Parse(model), 400, "definition_invalid");
        Assert.Equal(0, (int)(await api.GetAsync("workflow-definitions"))["totalCount"]!);
    }

    private static JObject Steps(int count) => ElsaClient.Chart([.. Enumerable.Range(0, count).Select(number => new JObject { ["id"] = $"s{number}", ["type"] = "Elsa.WriteLine", ["version"] = 1 })]);

    private static JObject Nested(int levels) => ElsaClient.Parse(NestedText(levels));

    // Two levels of JSON each: the step, and the list of those in it.
    private static string NestedText(int levels)
    {
        var text = new StringBuilder();
        for (var level = 0; level < levels; level++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""{"id":"n{{level}}","type":"Elsa.Sequence","version":1,"activities":[""");
        text.Append("""{"id":"line","type":"Elsa.WriteLine","version":1}""");
        for (var level = 0; level < levels; level++) text.Append("]}");
        return text.ToString();
    }

    private static JObject Document(string id) => new() { ["definitionId"] = id, ["id"] = $"{id}-1", ["name"] = id, ["root"] = ElsaClient.Chart() };

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var into = new MemoryStream();
        using (var archive = new ZipArchive(into, ZipArchiveMode.Create))
            foreach (var (name, text) in files)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name, CompressionLevel.Optimal).Open());
                writer.Write(text);
            }

        return into.ToArray();
    }

    private static Task<HttpResponseMessage> SendAsync(ElsaClient api, params (string Name, byte[] Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, content) in files) form.Add(new ByteArrayContent(content), "files", name);
        return api.Http.PostAsync("/elsa/api/workflow-definitions/import-files", form, Cancel);
    }
}
