using System.IO.Compression;
using System.Text;
using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Automation.Engine.Api.Elsa;

/// <summary>A file that was sent, or that lay in a zip that was sent.</summary>
internal sealed record UploadedFile(string Name, string Text);

/// <summary>Reads JSON files and zips of them from a form. What is counted is what comes out of a zip, not what it says of itself.</summary>
internal static class Uploads
{
    private const int MostSent = 10 * 1024 * 1024;
    private const int MostUnpacked = 20 * 1024 * 1024;
    private const int MostFiles = 200;
    private const int LongestBoundary = 100;

    // Strict: what is no UTF-8 is no JSON either.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ProblemException">Not such a form, or too large.</exception>
    public static async Task<IReadOnlyList<UploadedFile>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostSent) throw TooLarge($"Files of at most {MostSent / 1024 / 1024} MB can be sent at once.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
            throw new ProblemException(new(415, "media_type_unsupported", "Send the files as a form (multipart/form-data)."));
        var (files, room) = (new List<UploadedFile>(), new Room());
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            for (var sent = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section;)
            {
                if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition()) continue;
                var bytes = await CopyAsync(section.Body, MostSent - sent, cancellationToken);
                sent += bytes.Length;
                var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
                if (bytes.AsSpan().StartsWith("PK\u0003\u0004"u8)) await UnpackAsync(bytes, files, room, cancellationToken);
                else room.Add(files, name, bytes);
            }
        }
        catch (Exception e) when (e is InvalidDataException or DecoderFallbackException || (e is IOException && !cancellationToken.IsCancellationRequested && e is not BadHttpRequestException))
        {
            throw ApiProblem.BadRequest("payload_invalid", "A file cannot be read: it is damaged, or it is no JSON file and no zip.");
        }

        return files;
    }

    private static async Task UnpackAsync(byte[] bytes, List<UploadedFile> files, Room room, CancellationToken cancellationToken)
    {
        await using var archive = await ZipArchive.CreateAsync(new MemoryStream(bytes), ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, cancellationToken);
        if (archive.Entries.Count > MostFiles) throw TooMany();
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal)))
        {
            await using var stream = await entry.OpenAsync(cancellationToken);
            room.Add(files, entry.FullName, await CopyAsync(stream, room.Left, cancellationToken));
        }
    }

    private static async Task<byte[]> CopyAsync(Stream from, int most, CancellationToken cancellationToken)
    {
        using var into = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (into.Length + read > most) throw TooLarge($"The files are larger than {MostSent / 1024 / 1024} MB, or than {MostUnpacked / 1024 / 1024} MB unpacked. Send fewer at once.");
            into.Write(chunk, 0, read);
        }

        return into.ToArray();
    }

    private static ProblemException TooLarge(string title) => new(new(413, "payload_too_large", title));

    private static ProblemException TooMany() => new(new(413, "payload_too_large", $"At most {MostFiles} files can be sent at once."));

    /// <summary>How much may still be taken in.</summary>
    private sealed class Room
    {
        public int Left { get; private set; } = MostUnpacked;

        public void Add(List<UploadedFile> files, string name, byte[] bytes)
        {
            if (files.Count >= MostFiles) throw TooMany();
            Left -= bytes.Length;
            var text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Utf8.GetString(bytes.AsSpan(Encoding.UTF8.Preamble.Length)) : Utf8.GetString(bytes);
            files.Add(new(name, text));
        }
    }
}
