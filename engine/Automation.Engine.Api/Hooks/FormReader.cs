using System.Globalization;
using System.Text;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Hooks;

/// <summary>A form with files, as far as it was read.</summary>
/// <param name="Fields">By name.</param>
/// <param name="Files">Each <c>{name,fileName,contentType,length,content}</c>, the content as base64.</param>
/// <param name="Refusal">One of <see cref="HttpRefusal"/>, of the first file that breaks a rule; null: all are taken.</param>
/// <param name="RefusedFile">Its name, as the sender gave it.</param>
internal sealed record FormWithFiles(JObject Fields, JArray Files, string? Refusal, string? RefusedFile);

/// <summary>Reads <c>multipart/form-data</c>.</summary>
internal static class FormReader
{
    private const int MaxParts = 256;
    private const int MaxBoundary = 200;

    public static bool IsFor(HttpRequest request) => request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="InvalidDataException">It is no such form.</exception>
    public static async Task<FormWithFiles> ReadAsync(string contentType, byte[] body, HttpFileRules? rules, CancellationToken cancellationToken)
    {
        try
        {
            return await PartsAsync(contentType, body, rules, cancellationToken);
        }
        catch (IOException cause)
        {
            throw new InvalidDataException("The form ends before its last boundary.", cause);
        }
    }

    private static async Task<FormWithFiles> PartsAsync(string contentType, byte[] body, HttpFileRules? rules, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= MaxBoundary } boundary) throw new InvalidDataException("The form has no boundary.");
        var reader = new MultipartReader(boundary, new MemoryStream(body, false));
        var (fields, files) = (new JObject(), new JArray());
        for (var parts = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } part; parts++)
        {
            if (parts == MaxParts) throw new InvalidDataException($"The form has more than {MaxParts} parts.");
            if (part.GetContentDispositionHeader() is not { } disposition) throw new InvalidDataException("A part of the form has no name.");
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            using var content = new MemoryStream();
            await part.Body.CopyToAsync(content, cancellationToken);
            var bytes = content.ToArray();
            if (!disposition.IsFileDisposition())
            {
                Add(fields, name, new UTF8Encoding(false, true).GetString(bytes));
                continue;
            }

            var fileName = Path.GetFileName(HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value?.Replace('\\', '/') ?? "");
            var mime = part.ContentType ?? "application/octet-stream";
            if (rules is not null && Refusal(rules, fileName, mime, bytes.Length) is { } refusal) return new(fields, [], refusal, fileName);
            files.Add(new JObject { ["name"] = name, ["fileName"] = fileName, ["contentType"] = mime, ["length"] = bytes.Length, ["content"] = Convert.ToBase64String(bytes) });
        }

        return new(fields, files, null, null);
    }

    // A field that comes several times is a list.
    private static void Add(JObject fields, string name, string value)
    {
        if (fields[name] is not { } there) fields[name] = value;
        else if (there is JArray list) list.Add(value);
        else fields[name] = new JArray(there, value);
    }

    private static string? Refusal(HttpFileRules rules, string fileName, string mime, long length)
    {
        var extension = Path.GetExtension(fileName);
        if (length > (rules.SizeLimit ?? long.MaxValue)) return HttpRefusal.FileTooLarge;
        if ((rules.Allowed.Count > 0 && !rules.Allowed.Any(Same)) || rules.Blocked.Any(Same)) return HttpRefusal.Extension;
        return rules.MimeTypes.Count == 0 || rules.MimeTypes.Contains(mime.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase) ? null : HttpRefusal.MimeType;

        bool Same(string rule) => CultureInfo.InvariantCulture.CompareInfo.Compare(rule.Trim().TrimStart('.'), extension.TrimStart('.'), CompareOptions.OrdinalIgnoreCase) == 0;
    }
}
