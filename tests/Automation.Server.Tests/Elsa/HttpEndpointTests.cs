using System.Net;
using System.Text;
using Automation.Server.Tests.Api;
using Newtonsoft.Json.Linq;
using static Automation.Server.Tests.Elsa.ElsaClient;

namespace Automation.Server.Tests.Elsa;

/// <summary>Workflows that an HTTP request starts or resumes.</summary>
public sealed class HttpEndpointTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Request_IsAnsweredByTheRun()
    {
        using var elsa = await NewAsync(server);
        await elsa.SaveAsync(Chain(
            Post("orders/{OrderId}"),
            Activity("out", "Elsa.WriteHttpResponse", ("statusCode", "Literal", "201"), ("content", "Liquid", "{{ input.http.route.OrderId }}: {{ input.http.body.sum }}"), ("responseHeaders", "Object", """{"X-Order":"yes"}"""))));
        using var outside = server.NewClient();

        var answer = await outside.PostAsync($"/workflows/{elsa.Slug}/orders/A-7?x=1", Text("""{"sum":12.50}"""), Cancel);
        Assert.Equal((HttpStatusCode.Created, "A-7: 12,5", "yes"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel), answer.Headers.GetValues("X-Order").Single()));

        foreach (var (method, path) in new[] { (HttpMethod.Get, "orders/A-7"), (HttpMethod.Post, "orders"), (HttpMethod.Post, "other") })
        {
            using var request = new HttpRequestMessage(method, $"/workflows/{elsa.Slug}/{path}");
            await (await outside.SendAsync(request, Cancel)).AssertProblemAsync(404, "not_found");
        }

        await (await outside.PostAsync("/workflows/nobody/orders/1", Text("{}"), Cancel)).AssertProblemAsync(404, "not_found");
        await (await outside.PostAsync($"/workflows/{elsa.Slug}/orders/1", Text("{"), Cancel)).AssertProblemAsync(400, "payload_invalid");
    }

    /// <summary>A caller whose answer was lost asks again with its key.</summary>
    [Fact]
    public async Task Request_SameKey_IsOneRun()
    {
        using var elsa = await NewAsync(server);
        await elsa.SaveAsync(Chain(Post("once")));
        var runs = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var outside = server.NewClient();
            outside.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");
            var answer = await outside.PostAsync($"/workflows/{elsa.Slug}/once", Text("{}"), Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            runs.Add(answer.Headers.GetValues("x-elsa-workflow-instance-id").Single());
        }

        Assert.Single(runs);
    }

    [Fact]
    public async Task Endpoint_ThatAsksForAKey_TakesNoOther()
    {
        using var elsa = await NewAsync(server);
        using var stranger = await NewAsync(server);
        await elsa.SaveAsync(Chain(Starting("in", "Elsa.HttpEndpoint", ("path", "Literal", "closed"), ("authorize", "Literal", "True"))));
        using var outside = server.NewClient();

        await (await outside.GetAsync($"/workflows/{elsa.Slug}/closed", Cancel)).AssertProblemAsync(401, "unauthenticated");
        await (await stranger.Http.GetAsync($"/workflows/{elsa.Slug}/closed", Cancel)).AssertProblemAsync(401, "unauthenticated");
        Assert.Equal(HttpStatusCode.OK, (await elsa.Http.GetAsync($"/workflows/{elsa.Slug}/closed", Cancel)).StatusCode);
    }

    /// <summary>One that waits in the middle of a run is no less closed than one that starts it.</summary>
    [Fact]
    public async Task Endpoint_ThatWaits_TakesNoOtherKeyEither()
    {
        using var elsa = await NewAsync(server);
        var run = await elsa.RunAsync(await elsa.SaveAsync(Chain(Line(), Activity("in", "Elsa.HttpEndpoint", ("path", "Literal", "Answer"), ("authorize", "Literal", "True")))));
        using var outside = server.NewClient();

        await (await outside.GetAsync($"/workflows/{elsa.Slug}/answer", Cancel)).AssertProblemAsync(401, "unauthenticated");
        Assert.Equal(HttpStatusCode.Accepted, (await elsa.Http.GetAsync($"/workflows/{elsa.Slug}/answer", Cancel)).StatusCode);
        await elsa.EndedAsync(run);
        await (await elsa.Http.GetAsync($"/workflows/{elsa.Slug}/answer", Cancel)).AssertProblemAsync(404, "not_found");
    }

    /// <summary>Its limits are its own, and the nearest path wins.</summary>
    [Fact]
    public async Task Endpoint_ThatWaits_TakesParametersAndKeepsItsLimits()
    {
        using var elsa = await NewAsync(server);
        var (any, own) = (await WaitAsync("orders/{id}/paid"), await WaitAsync("orders/7/paid"));
        using var outside = server.NewClient();

        await (await outside.PostAsync($"/workflows/{elsa.Slug}/orders/A-7/paid", Text($"\"{new string('x', 100)}\""), Cancel)).AssertProblemAsync(413, "payload_invalid");
        Assert.Equal(HttpStatusCode.Accepted, (await outside.PostAsync($"/workflows/{elsa.Slug}/orders/7/paid", Text("1"), Cancel)).StatusCode);
        await elsa.EndedAsync(own);
        Assert.Equal("Suspended", await elsa.StateAsync(any));
        Assert.Equal(HttpStatusCode.Accepted, (await outside.PostAsync($"/workflows/{elsa.Slug}/orders/A-7/paid", Text("1"), Cancel)).StatusCode);
        await elsa.EndedAsync(any);
        Assert.Contains((await elsa.PostAsync($"workflow-instances/{any}/journal", []))["items"]!, line => (string?)line["message"] == "A-7");

        async Task<string> WaitAsync(string path)
        {
            var waits = Activity("in", "Elsa.HttpEndpoint", ("path", "Literal", path), ("supportedMethods", "Object", """["POST"]"""), ("requestSizeLimit", "Literal", "50"));
            return await elsa.RunAsync(await elsa.SaveAsync(Chain(Line(), waits, Activity("said", "Elsa.WriteLine", ("text", "JavaScript", "String(getOutputFrom('in1', 'RouteData').id)")))));
        }
    }

    [Fact]
    public async Task Files_AreTheOutputOfTheEndpoint()
    {
        using var elsa = await NewAsync(server);
        await elsa.SaveAsync(Chain(
            Post("upload", ("allowedFileExtensions", "Object", """["txt"]"""), ("fileSizeLimit", "Literal", "20")),
            Activity("out", "Elsa.WriteHttpResponse", ("content", "JavaScript", "const f = getOutputFrom('in1', 'File'); [f.name, f.fileName, f.length, f.content, input.http.body.note].join()"))));
        using var outside = server.NewClient();

        Assert.Equal("scan,a.txt,6,0L/QvtC5,ok", await (await SendAsync("a.txt", "пой")).Content.ReadAsStringAsync(Cancel));
        await (await SendAsync("a.txt", new('x', 21))).AssertProblemAsync(413, "payload_invalid");
        await (await SendAsync("a.exe", "x")).AssertProblemAsync(415, "payload_invalid");

        Task<HttpResponseMessage> SendAsync(string name, string content) => outside.PostAsync($"/workflows/{elsa.Slug}/upload", Form(name, content), Cancel);
    }

    /// <summary>The workflow takes itself what it would not take otherwise, without the body.</summary>
    [Theory]
    [InlineData("exposeRequestTooLargeOutcome", "Request too large", "a.txt", 2000, "text/plain")]
    [InlineData("exposeFileTooLargeOutcome", "File too large", "a.txt", 21, "text/plain")]
    [InlineData("exposeInvalidFileExtensionOutcome", "Invalid file extension", "a.exe", 1, "text/plain")]
    [InlineData("exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type", "a.txt", 1, "image/png")]
    public async Task Refusal_Exposed_IsAnOutcome(string option, string outcome, string file, int size, string type)
    {
        using var elsa = await NewAsync(server);
        var endpoint = Post(
            "upload", ("requestSizeLimit", "Literal", "1000"), ("fileSizeLimit", "Literal", "20"), ("blockedFileExtensions", "Object", """[".EXE"]"""), ("allowedMimeTypes", "Object", """["text/plain"]"""));
        endpoint[option] = true;
        var chart = Connect(Chart(endpoint, Activity("no", "Elsa.WriteHttpResponse", ("content", "Literal", "refused"))), "in", outcome, "no");
        await elsa.SaveAsync(chart);
        using var outside = server.NewClient();

        var answer = await outside.PostAsync($"/workflows/{elsa.Slug}/upload", Form(file, new('x', size), type), Cancel);
        Assert.Equal((HttpStatusCode.OK, "refused"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.NotEqual("refused", await (await outside.PostAsync($"/workflows/{elsa.Slug}/upload", Form("a.txt", "x"), Cancel)).Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nX-Other: 1\r\n\r\nx\r\n--b--\r\n")]
    public async Task Form_ThatIsNone_IsRefused(string type, string body)
    {
        using var elsa = await NewAsync(server);
        await elsa.SaveAsync(Chain(Post("upload")));
        using var outside = server.NewClient();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        await (await outside.PostAsync($"/workflows/{elsa.Slug}/upload", content, Cancel)).AssertProblemAsync(400, "payload_invalid");
    }

    private static JObject Post(string path, params (string Name, string Expression, JToken Value)[] inputs) =>
        Starting("in", "Elsa.HttpEndpoint", [("path", "Literal", path), ("supportedMethods", "Object", """["POST"]"""), .. inputs]);

    private static MultipartFormDataContent Form(string file, string content, string type = "text/plain")
    {
        var part = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        part.Headers.ContentType = new(type);
        return new() { { new StringContent("ok"), "note" }, { part, "scan", file } };
    }

    private static StringContent Text(string text) => new(text, Encoding.UTF8, "application/json");
}
