using System.CommandLine;
using System.Net;
using System.Text;
using Automation.Server.CommandLine;

namespace Automation.Server.Tests.CommandLine;

/// <summary>Runs a command line against prepared answers and keeps what was asked and written.</summary>
internal sealed class StubServer
{
    private readonly Dictionary<string, (HttpStatusCode Status, string Body, string Type)> answers = new(StringComparer.Ordinal);

    public List<string> Requests { get; } = [];

    public List<string> Bodies { get; } = [];

    public ServeOptions? Served { get; private set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public StubServer On(string request, string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json")
    {
        answers[request] = (status, body, type);
        return this;
    }

    public async Task<int> RunAsync(params IReadOnlyList<string> words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var handler = new Handler(this);
        var root = Commands.Build(
            (options, _) =>
            {
                Served = options;
                return Task.FromResult(7);
            },
            handler);
        var code = await root.Parse(words).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Xunit.TestContext.Current.CancellationToken);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        Requests.Add(asked);
        if (request.Content is { } content) Bodies.Add(await content.ReadAsStringAsync(cancellationToken));
        if (answers.Count == 0) throw new HttpRequestException(HttpRequestError.ConnectionError);
        var (status, body, type) = answers.TryGetValue(asked, out var prepared) ? prepared : throw new InvalidOperationException($"No answer is prepared for {asked}.");
        return new(status) { Content = new StringContent(body, Encoding.UTF8, type) };
    }

    private sealed class Handler(StubServer owner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => owner.AnswerAsync(request, cancellationToken);
    }
}
