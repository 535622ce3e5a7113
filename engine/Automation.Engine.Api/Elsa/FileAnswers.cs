using System.IO.Compression;
using System.Text;
using Automation.Engine.Api.Json;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Names of files that go out: letters, digits, '-' and '_', so that no system takes them for anything else.</summary>
internal static class FileNames
{
    private const int Longest = 80;

    public static string Safe(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune) || rune.Value == '_') text.Append(rune.ToString());
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        if (text.Length <= Longest) return text.ToString().TrimEnd('-');
        return text.ToString(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest).TrimEnd('-');
    }

    // Studio reads the plain name only.
    private static string InLatin(char letter)
    {
        const string russian = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";
        var place = russian.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
        if (place < 0) return "-";
        string[] latin = ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya"];
        return char.IsUpper(letter) && latin[place].Length > 0 ? char.ToUpperInvariant(latin[place][0]) + latin[place][1..] : latin[place];
    }

    /// <summary>Tells the browser to keep the answer as a file of that name.</summary>
    public static void Attach(HttpResponse response, string name)
    {
        var plain = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter.ToString() : InLatin(letter)));
        response.Headers.ContentDisposition = $"attachment; filename=\"{plain}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }
}

/// <summary>One JSON document as a file.</summary>
internal sealed class FileAnswer(string name, JObject content) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        FileNames.Attach(httpContext.Response, name);
        return new JsonAnswer(content).ExecuteAsync(httpContext);
    }
}

/// <summary>A file within a zip.</summary>
/// <param name="Content">Asked for when its turn comes; null leaves the file out.</param>
internal sealed record ZippedFile(string Name, DateTimeOffset At, Func<CancellationToken, Task<JObject?>> Content);

/// <summary>Several JSON documents as one zip, written as they are read: never more than one of them is held.</summary>
internal sealed class ZipAnswer(string name, IEnumerable<ZippedFile> files) : IResult
{
    // What the format can say.
    private const int FirstYear = 1980;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        FileNames.Attach(response, name);
        response.ContentType = "application/zip";
        response.Headers.CacheControl = "no-store";
        await using var outlet = new Outlet();
        using (var archive = new ZipArchive(outlet, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var file in files)
            {
                if (await file.Content(cancellationToken) is not { } content) continue;
                var entry = archive.CreateEntry(file.Name, CompressionLevel.Fastest);
                if (file.At.Year >= FirstYear) entry.LastWriteTime = file.At;
                using (var stream = entry.Open()) stream.Write(Encoding.UTF8.GetBytes(ApiJson.Write(content)));
                await outlet.DrainAsync(response.Body, cancellationToken);
            }

        await outlet.DrainAsync(response.Body, cancellationToken);
    }

    /// <summary>Takes what the archive writes until it is sent: an archive writes without waiting, and a slow reader must not hold a thread.</summary>
    private sealed class Outlet : Stream
    {
        private readonly MemoryStream held = new();

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public async Task DrainAsync(Stream into, CancellationToken cancellationToken)
        {
            await into.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length), cancellationToken);
            held.SetLength(0);
        }

        public override void Write(byte[] buffer, int offset, int count) => held.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => held.Write(buffer);

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) held.Dispose();
            base.Dispose(disposing);
        }
    }
}
