using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Deals, contacts and companies: list, read, add, change; and the complex add.</summary>
internal static class AmoEntityApi
{
    public static void Map(AmoRoutes routes)
    {
        routes.Post("/leads/complex", AddComplex);
        foreach (var kind in AmoKinds.All)
        {
            var path = "/" + kind.Path();
            routes.Get(path, request => List(request, kind));
            routes.Post(path, request => Add(request, kind));
            routes.Patch(path, request => Change(request, kind, [.. request.Items()]));
            routes.Get(path + "/{id:long}", request => Single(request, kind));
            routes.Patch(path + "/{id:long}", request => ChangeOne(request, kind));
        }
    }

    private static Answer List(AmoRequest request, AmoKind kind)
    {
        var query = request.Query;
        var deleted = query.With("only_deleted");
        var found = request.State.Of(kind).Values.Where(entity => entity.IsDeleted == deleted
            && query.Allows("filter[id]", entity.Id)
            && query.Allows("filter[name]", entity.Name)
            && query.Allows("filter[responsible_user_id]", entity.ResponsibleUserId)
            && query.Allows("filter[created_by]", entity.CreatedBy)
            && query.Allows("filter[updated_by]", entity.UpdatedBy)
            && query.AllowsRange("filter[created_at]", entity.CreatedAt)
            && query.AllowsRange("filter[updated_at]", entity.UpdatedAt)
            && query.AllowsRange("filter[closed_at]", entity.ClosedAt)
            && query.AllowsFields(id => entity.Fields.TryGetValue(id, out var values) ? values : [])
            && Matches(entity, query.Text("query")));
        if (kind == AmoKind.Leads)
            found = found.Where(deal => query.Allows("filter[pipeline_id]", deal.PipelineId)
                && query.AllowsStage(deal.PipelineId, deal.StatusId)
                && query.AllowsRange("filter[price]", deal.Price));
        return request.Page(kind.Path(), Ordered(found, query).Select(entity => AmoJson.Entity(request, entity)));
    }

    private static IEnumerable<AmoEntity> Ordered(IEnumerable<AmoEntity> found, AmoQuery query)
    {
        if (query.Order() is not { } order)
            return found;
        Func<AmoEntity, long> key = order.Key switch
        {
            "created_at" => entity => entity.CreatedAt,
            "updated_at" => entity => entity.UpdatedAt,
            _ => entity => entity.Id,
        };
        return order.Descending ? found.OrderByDescending(key) : found.OrderBy(key);
    }

    /// <summary>Names and custom field values; phones by their digits.</summary>
    private static bool Matches(AmoEntity entity, string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
            return true;
        var digits = new string([.. words.Where(char.IsAsciiDigit)]);
        return Texts(entity).Any(text => text.Contains(words.Trim(), StringComparison.OrdinalIgnoreCase)
            || (digits.Length >= 5 && digits.Length >= words.Trim().Length - 6
                && new string([.. text.Where(char.IsAsciiDigit)]).Contains(digits, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Texts(AmoEntity entity) => entity.Fields.Values
        .SelectMany(values => values).Select(value => value.Value.ToString())
        .Append(entity.Name).Append(entity.Id.ToString(CultureInfo.InvariantCulture));

    private static Answer Single(AmoRequest request, AmoKind kind) =>
        request.State.Find(kind, request.Id) is { IsDeleted: false } entity
            ? AmoRequest.Hal(AmoJson.Entity(request, entity))
            : AmoRequest.NoContent;

    private static Answer Add(AmoRequest request, AmoKind kind)
    {
        var items = request.Items();
        if (items.Count > AmoRequest.MaxLimit)
            return AmoProblem.Of(422, $"Limit {AmoRequest.MaxLimit} per request");
        var planned = items.Select((item, i) => (Item: item, RequestId: AmoWrite.RequestId(item, i)))
            .Select(one => (one.Item, one.RequestId, Entity: New(request, kind, one.Item, one.RequestId))).ToList();
        return request.Written(kind.Path(), planned.Select(plan =>
        {
            var added = Store(request, plan.Item, plan.Entity);
            return new JObject
            {
                ["id"] = added.Id,
                ["request_id"] = plan.RequestId,
                ["_links"] = AmoJson.Self(request, $"{kind.Path()}/{added.Id}"),
            };
        }).ToList());
    }

    private static AmoEntity New(AmoRequest request, AmoKind kind, JObject item, string requestId) =>
        AmoWrite.Apply(request, new AmoEntity(kind, 0, ""), item, requestId);

    private static AmoEntity Store(AmoRequest request, JObject item, AmoEntity planned)
    {
        var actor = (long?)item["created_by"] ?? request.Actor;
        var added = request.Amo.Add(planned, actor);
        if (added.Name.Length == 0 && added.Kind == AmoKind.Leads)
            request.State.Of(added.Kind)[added.Id] = added = added with { Name = $"Сделка #{added.Id}" };
        foreach (var kind in AmoKinds.All)
            foreach (var link in item["_embedded"]?[kind.Path()] as JArray ?? [])
                if ((long?)link["id"] is { } id)
                    request.Amo.Link(added.Kind, added.Id, kind, id, (bool?)link["is_main"] ?? false);
        return added;
    }

    private static Answer ChangeOne(AmoRequest request, AmoKind kind)
    {
        var item = (JObject)request.Item().DeepClone();
        if (request.State.Find(kind, request.Id) is null)
            return AmoProblem.Of(404, "Entity not found");
        item["id"] = request.Id;
        var answer = Changed(request, kind, [item]).Single();
        answer.Remove("request_id");
        return AmoRequest.Hal(answer);
    }

    private static Answer Change(AmoRequest request, AmoKind kind, IReadOnlyList<JObject> items) => items.Count > AmoRequest.MaxLimit
        ? AmoProblem.Of(422, $"Limit {AmoRequest.MaxLimit} per request")
        : request.Written(kind.Path(), Changed(request, kind, items));

    private static List<JObject> Changed(AmoRequest request, AmoKind kind, IReadOnlyList<JObject> items)
    {
        var planned = items.Select((item, i) =>
        {
            var requestId = AmoWrite.RequestId(item, i);
            var before = request.State.Find(kind, (long?)item["id"] ?? 0)
                ?? throw new AmoInvalidException(requestId, "NotFound", "id", "Entity not found");
            return (Item: item, RequestId: requestId, Before: before, After: AmoWrite.Apply(request, before, item, requestId));
        }).ToList();
        return [.. planned.Select(plan =>
        {
            var saved = request.Amo.Save(plan.Before, plan.After, (long?)plan.Item["updated_by"] ?? request.Actor);
            return new JObject
            {
                ["id"] = saved.Id,
                ["updated_at"] = saved.UpdatedAt,
                ["request_id"] = plan.RequestId,
                ["_links"] = AmoJson.Self(request, $"{kind.Path()}/{saved.Id}"),
            };
        })];
    }

    private static Answer AddComplex(AmoRequest request)
    {
        var items = request.Items();
        if (items.Count > 50)
            return AmoProblem.Of(422, "Limit 50 per request");
        var planned = items.Select((item, i) =>
        {
            var requestId = AmoWrite.RequestId(item, i);
            AmoEntity? Part(AmoKind kind) => item["_embedded"]?[kind.Path()]?.FirstOrDefault() is JObject part && part["id"] is null
                ? New(request, kind, part, requestId) : null;
            return (Item: item, RequestId: requestId, Deal: New(request, AmoKind.Leads, item, requestId),
                Contact: Part(AmoKind.Contacts), Company: Part(AmoKind.Companies));
        }).ToList();
        return AmoRequest.Hal(new JArray(planned.Select(plan =>
        {
            var deal = Store(request, plan.Item, plan.Deal);
            var contact = Part(request, deal, plan.Contact, plan.Item, AmoKind.Contacts);
            var company = Part(request, deal, plan.Company, plan.Item, AmoKind.Companies);
            return new JObject
            {
                ["id"] = deal.Id,
                ["contact_id"] = contact,
                ["company_id"] = company,
                ["request_id"] = new JArray(plan.RequestId),
                ["merged"] = false,
            };
        })));
    }

    private static long? Part(AmoRequest request, AmoEntity deal, AmoEntity? planned, JObject item, AmoKind kind)
    {
        if (planned is null)
            return (long?)item["_embedded"]?[kind.Path()]?.FirstOrDefault()?["id"];
        var added = request.Amo.Add(planned, (long?)item["created_by"] ?? request.Actor);
        request.Amo.Link(deal.Kind, deal.Id, kind, added.Id);
        return added.Id;
    }
}
