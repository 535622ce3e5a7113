using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Automation.Server.Studio;

/// <summary>
/// The files of Elsa Studio, byte by byte as their package has them, compressed as it brings them. They lie in <c>studio</c> beside the
/// executable; a build without Node has none, and the pages say so.
/// </summary>
internal static class StudioFiles
{
    private static readonly FileExtensionContentTypeProvider Types = new()
    {
        Mappings = { [".dat"] = "application/octet-stream", [".wasm"] = "application/wasm", [".pdb"] = "application/octet-stream", [".br"] = "application/octet-stream" },
    };

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "studio");

    public static bool Exist => File.Exists(Path.Combine(Folder, "_framework", "blazor.webassembly.js"));

    public static void Use(WebApplication app)
    {
        if (!Exist) return;
        app.Use(async (context, next) =>
        {
            // The package holds every file a second time, compressed.
            if (context.Request.Path.StartsWithSegments(StudioPages.Root, out var rest) && TakesBrotli(context.Request) && Compressed(rest) is { } smaller)
            {
                if (Types.TryGetContentType(rest, out var type)) context.Items[typeof(StudioFiles)] = type;
                context.Request.Path = StudioPages.Root + smaller;
            }

            await next(context);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = StudioPages.Root,
            FileProvider = new PhysicalFileProvider(Folder),
            ContentTypeProvider = Types,
            OnPrepareResponse = prepared =>
            {
                var headers = prepared.Context.Response.Headers;
                headers.Vary = "Accept-Encoding";
                // Names in _framework change with their contents; the rest is looked at again.
                headers.CacheControl = prepared.Context.Request.Path.Value!.Contains("/_framework/", StringComparison.Ordinal) && prepared.File.Name.Count(letter => letter == '.') > 2 ? "public, max-age=31536000, immutable" : "no-cache";
                if (prepared.Context.Items[typeof(StudioFiles)] is not string type) return;
                (headers.ContentType, headers.ContentEncoding) = (type, "br");
            },
        });
    }

    private static bool TakesBrotli(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);

    private static string? Compressed(PathString rest)
    {
        if (rest.Value is not { Length: > 1 } path || path.EndsWith(".br", StringComparison.Ordinal) || path.Contains("..", StringComparison.Ordinal)) return null;
        return File.Exists(Path.Combine(Folder, path[1..] + ".br")) ? path + ".br" : null;
    }
}
