using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Session;

/// <summary>A refusal of the API.</summary>
public sealed class ApiException(HttpStatusCode status, ProblemBody problem) : Exception(problem.Title)
{
    public HttpStatusCode Status => status;

    public ProblemBody Problem => problem;

    public string Code => problem.Code;
}

/// <summary>The product's own API, called as the person who is signed in: the screen may do what its user may, and nothing that a script could not.</summary>
public sealed class ApiClient(HttpClient http, UserSession session)
{
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) where T : class => SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) where T : class => SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    public Task<T> PutAsync<T>(string path, object body, CancellationToken cancellationToken) where T : class => SendAsync<T>(HttpMethod.Put, path, body, cancellationToken);

    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) where T : class => SendAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    public async Task DoAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    /// <summary>The answer as it comes, such as a file or a stream of events.</summary>
    /// <exception cref="ApiException">The API refuses.</exception>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, object? body, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", $"{SessionCookie.Name}={session.Token}");
        request.Headers.Add("X-Requested-With", "automation");
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(session.Language));
        if (body is not null) request.Content = new StringContent(body as string ?? ApiJson.Write(body), Encoding.UTF8, "application/json");
        else if (method != HttpMethod.Get) request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        var answer = await http.SendAsync(request, completion, cancellationToken);
        if (answer.IsSuccessStatusCode) return answer;
        if (answer.StatusCode == HttpStatusCode.Unauthorized) session.End();
        using (answer) throw new ApiException(answer.StatusCode, await ProblemOfAsync(answer, cancellationToken));
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken) where T : class
    {
        using var answer = await AskAsync(method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return typeof(T) == typeof(JObject) ? (T)(object)ApiJson.Parse(text) : typeof(T) == typeof(string) ? (T)(object)text : JsonConvert.DeserializeObject<T>(text, ApiJson.Settings)!;
    }

    private static async Task<ProblemBody> ProblemOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            if (JsonConvert.DeserializeObject<ProblemBody>(await answer.Content.ReadAsStringAsync(cancellationToken), ApiJson.Settings) is { Code: not null } problem) return problem;
        }
        catch (JsonException)
        {
            // Not ours: what stands below says as much as can be known.
        }

        return new("about:blank", answer.ReasonPhrase ?? "", (int)answer.StatusCode, "internal", "", null);
    }
}
