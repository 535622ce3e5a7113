using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Links between records, one by one and in batches.</summary>
internal static class AmoLinkApi
{
    public static void Map(AmoRoutes routes)
    {
        foreach (var kind in AmoKinds.All)
        {
            var path = "/" + kind.Path();
            routes.Get(path + "/{id:long}/links", request => request.State.Find(kind, request.Id) is null
                ? AmoRequest.NoContent
                : request.Whole("links", List(request, kind, request.Id)));
            routes.Post(path + "/{id:long}/link", request => Link(request, kind, request.Id));
            routes.Post(path + "/{id:long}/unlink", request => Unlink(request, kind, request.Id));
            routes.Post(path + "/link", request => Link(request, kind, null));
            routes.Post(path + "/unlink", request => Unlink(request, kind, null));
        }
    }

    private static IEnumerable<JObject> List(AmoRequest request, AmoKind kind, long id) => request.State.LinkedTo(kind, id)
        .Where(link => request.Query.Allows("filter[to_entity_type]", link.Kind.Path()) && request.Query.Allows("filter[to_entity_id]", link.Id))
        .Select(link => Json(kind, id, link.Kind, link.Id, link.IsMain));

    private static Answer Link(AmoRequest request, AmoKind kind, long? id)
    {
        var items = Read(request, id);
        foreach (var (from, to, toId, isMain) in items)
        {
            if (to == AmoKind.Companies && kind == AmoKind.Contacts)
                request.State.Links.RemoveAll(link => link.From == kind && link.FromId == from && link.To == to);
            request.Amo.Link(kind, from, to, toId, isMain);
        }
        return request.Whole("links", items.Select(item => Json(kind, item.From, item.To, item.ToId, item.IsMain)));
    }

    private static Answer Unlink(AmoRequest request, AmoKind kind, long? id)
    {
        foreach (var (from, to, toId, _) in Read(request, id))
            request.Amo.Unlink(kind, from, to, toId);
        return AmoRequest.NoContent;
    }

    private static List<(long From, AmoKind To, long ToId, bool IsMain)> Read(AmoRequest request, long? id) =>
        [.. request.Items().Select((item, i) =>
        {
            var to = AmoKinds.Parse((string?)item["to_entity_type"])
                ?? throw new AmoInvalidException($"{i}", "NotSupportedChoice", "to_entity_type", "This value is not allowed.");
            var toId = (long?)item["to_entity_id"] ?? 0;
            return request.State.Find(to, toId) is null
                ? throw new AmoInvalidException($"{i}", "NotFound", "to_entity_id", "Entity not found")
                : (id ?? (long?)item["entity_id"] ?? 0, to, toId, (bool?)item["metadata"]?["is_main"] ?? false);
        })];

    private static JObject Json(AmoKind kind, long id, AmoKind to, long toId, bool isMain) => new()
    {
        ["entity_id"] = id,
        ["entity_type"] = kind.Path(),
        ["to_entity_id"] = toId,
        ["to_entity_type"] = to.Path(),
        ["metadata"] = to == AmoKind.Contacts ? new JObject { ["main_contact"] = isMain } : null,
    };
}
