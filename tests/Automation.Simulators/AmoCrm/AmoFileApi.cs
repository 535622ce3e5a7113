using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Files of a record, and the drive that holds them: sessions, one-part upload, read, download.</summary>
internal static class AmoFileApi
{
    public const int MaxPart = 524_288;

    public static void Map(AmoRoutes routes, IEndpointRouteBuilder all, AmoCrmSimulator amo)
    {
        foreach (var kind in AmoKinds.All)
        {
            var path = $"/{kind.Path()}/{{id:long}}/files";
            routes.Get(path, request => request.State.Find(kind, request.Id) is { } entity
                ? request.Page("files", entity.Files.Select((uuid, i) => new JObject { ["file_uuid"] = uuid, ["id"] = i + 1 }))
                : AmoRequest.NoContent);
            routes.Put(path, request => Attach(request, kind));
            routes.Delete(path, request => Detach(request, kind));
        }
        var drive = amo.Options.Prefix + "/drive/v1.0";
        all.MapPost(drive + "/sessions", context => OpenAsync(context, amo));
        all.MapPost(drive + "/upload/{session}", context => UploadAsync(context, amo));
        all.MapGet(drive + "/files/{uuid}", context => ReadAsync(context, amo));
        all.MapGet(drive + "/download/{uuid}", context => DownloadAsync(context, amo));
    }

    private static Answer Attach(AmoRequest request, AmoKind kind)
    {
        var uuids = request.Items().Select(item => (string?)item["file_uuid"] ?? "").ToList();
        if (request.State.Find(kind, request.Id) is null || uuids.Exists(uuid => !request.State.Files.ContainsKey(uuid)))
            return AmoProblem.Of(404, "Entity or file not found");
        var entity = request.Amo.Change(kind, request.Id, before => before with { Files = [.. before.Files.Union(uuids)] }, request.Actor);
        return request.Written("files", uuids.Select(uuid => new JObject { ["file_uuid"] = uuid, ["id"] = entity.Files.IndexOf(uuid) + 1 }));
    }

    private static Answer Detach(AmoRequest request, AmoKind kind)
    {
        var uuids = request.Items().Select(item => (string?)item["file_uuid"] ?? "").ToList();
        if (request.State.Find(kind, request.Id) is null)
            return AmoProblem.Of(404, "Entity not found");
        request.Amo.Change(kind, request.Id, before => before with { Files = before.Files.RemoveRange(uuids) }, request.Actor);
        return AmoRequest.NoContent;
    }

    private static string Base(HttpContext context, AmoCrmSimulator amo) =>
        $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{amo.Options.Prefix}/drive/v1.0";

    private static bool IsStranger(HttpContext context, AmoCrmSimulator amo) =>
        context.Request.Headers.Authorization != $"Bearer {amo.Options.Token}";

    private static async Task OpenAsync(HttpContext context, AmoCrmSimulator amo)
    {
        var body = JObject.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted));
        var answer = IsStranger(context, amo) ? AmoProblem.Of(401, "Unauthorized") : Open();
        await answer.WriteAsync(context);

        Answer Open()
        {
            lock (amo.Gate)
            {
                var session = $"s{amo.State.NewId()}";
                amo.State.Uploads[session] = (string?)body["file_name"] ?? "file";
                return Answer.Json(new JObject
                {
                    ["session_id"] = session,
                    ["upload_url"] = $"{Base(context, amo)}/upload/{session}",
                    ["max_file_size"] = 314_572_800,
                    ["max_part_size"] = MaxPart,
                });
            }
        }
    }

    private static async Task UploadAsync(HttpContext context, AmoCrmSimulator amo)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        Answer answer;
        lock (amo.Gate)
            answer = amo.State.Uploads.Remove((string)context.GetRouteValue("session")!, out var name) && memory.Length <= MaxPart
                ? Answer.Json(Model(amo.StoreFile(name, context.Request.ContentType ?? "application/octet-stream", memory.ToArray()), context, amo))
                : AmoProblem.Of(404, "Session not found or part too large");
        await answer.WriteAsync(context);
    }

    private static Task ReadAsync(HttpContext context, AmoCrmSimulator amo)
    {
        var answer = IsStranger(context, amo) ? AmoProblem.Of(401, "Unauthorized")
            : amo.File((string)context.GetRouteValue("uuid")!) is { } file ? Answer.Json(Model(file, context, amo))
            : AmoProblem.Of(404, "File not found");
        return answer.WriteAsync(context);
    }

    private static async Task DownloadAsync(HttpContext context, AmoCrmSimulator amo)
    {
        if (amo.File((string)context.GetRouteValue("uuid")!) is not { } file)
        {
            context.Response.StatusCode = 404;
            return;
        }
        context.Response.ContentType = file.ContentType;
        await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
    }

    private static JObject Model(AmoFile file, HttpContext context, AmoCrmSimulator amo) => new()
    {
        ["uuid"] = file.Uuid,
        ["version_uuid"] = file.VersionUuid,
        ["name"] = file.Name,
        ["size"] = file.Content.Length,
        ["type"] = file.ContentType.StartsWith("image/", StringComparison.Ordinal) ? "image" : "file",
        ["_links"] = new JObject { ["download"] = new JObject { ["href"] = $"{Base(context, amo)}/download/{file.Uuid}" } },
    };
}
