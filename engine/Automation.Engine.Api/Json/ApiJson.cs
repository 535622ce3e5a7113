using System.Text;
using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Automation.Engine.Api.Json;

/// <summary>JSON of the API: camel case, enums as words, absent instead of null; documents are left as they are.</summary>
public static class ApiJson
{
    private static readonly UTF8Encoding Utf8 = new(false);

    public static readonly JsonSerializerSettings Settings = new()
    {
        ContractResolver = new DefaultContractResolver { NamingStrategy = new CamelCaseNamingStrategy(processDictionaryKeys: false, overrideSpecifiedNames: false) },
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        MaxDepth = 128,
        Converters = { new StringEnumConverter(new CamelCaseNamingStrategy()) },
    };

    public static string Write(object value) => JsonConvert.SerializeObject(value, Settings);

    public static async Task WriteAsync(HttpResponse response, object value, string contentType)
    {
        var bytes = Utf8.GetBytes(Write(value));
        response.ContentType = contentType + "; charset=utf-8";
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method)) await response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted);
    }

    /// <summary>A document of ours back from its text.</summary>
    public static JObject Parse(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JObject.Load(reader);
    }

    /// <summary>The request's body as text.</summary>
    /// <exception cref="ProblemException">415, 413, or broken UTF-8.</exception>
    public static async Task<string> ReadTextAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType()) throw new ProblemException(new(415, "media_type_unsupported", "The content type must be application/json."));
        if (request.ContentLength > maxBytes) throw TooLarge(maxBytes);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > maxBytes) throw TooLarge(maxBytes);
            buffer.Write(chunk, 0, read);
        }

        return Utf8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <exception cref="ProblemException">The body is not JSON of that shape.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken, int maxBytes = 1024 * 1024) where T : class =>
        Read<T>(await ReadTextAsync(request, maxBytes, cancellationToken));

    /// <exception cref="ProblemException">The text is not JSON of that shape.</exception>
    public static T Read<T>(string text) where T : class
    {
        try
        {
            return JsonConvert.DeserializeObject<T>(text, Settings) ?? throw Invalid("", "The body is empty.", null, null);
        }
        catch (JsonException e)
        {
            var (path, line, column) = e switch
            {
                JsonReaderException reader => (reader.Path, reader.LineNumber, reader.LinePosition),
                JsonSerializationException serialization => (serialization.Path, serialization.LineNumber, serialization.LinePosition),
                _ => ("", 0, 0),
            };
            throw Invalid(path ?? "", "The body is not the JSON that is expected here.", line > 0 ? line : null, line > 0 ? column : null);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Invalid("", "The body is not the JSON that is expected here.", null, null);
        }
    }

    private static ProblemException TooLarge(int maxBytes) => new(new(413, "payload_too_large", $"The body is larger than {maxBytes / 1024} KiB."));

    private static ProblemException Invalid(string path, string message, int? line, int? column) =>
        new(new(400, "payload_invalid", message) { Errors = [new(path, "payload_invalid", message, line, column)] });
}

/// <summary>A handler's answer, written by <see cref="ApiJson"/>.</summary>
internal sealed class JsonAnswer(object value, int status = 200) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.Headers.CacheControl = "no-store";
        return ApiJson.WriteAsync(httpContext.Response, value, "application/json");
    }
}
