using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>A call to the API, taken apart.</summary>
internal sealed class AmoRequest(AmoCrmSimulator amo, HttpContext context, JToken? body)
{
    public const int MaxLimit = 250;

    public AmoCrmSimulator Amo => amo;

    public AmoState State => amo.State;

    public AmoQuery Query { get; } = new(context.Request.Query);

    public JToken? Body => body;

    public long Id => Long("id");

    /// <summary>Who acts: the user named in <c>X-Context-User-ID</c>, else the token's owner.</summary>
    public long Actor => long.TryParse(context.Request.Headers["X-Context-User-ID"], CultureInfo.InvariantCulture, out var id) ? id : amo.AdminId;

    public string BaseUrl => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{amo.Options.Prefix}";

    private string Self => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path}";

    public long Long(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);

    public string Text(string name) => (string)context.GetRouteValue(name)!;

    /// <summary>The items of an array body.</summary>
    public IReadOnlyList<JObject> Items() =>
        body is JArray items ? [.. items.Cast<JObject>()] : throw new FormatException("Array expected");

    public JObject Item() => body as JObject ?? throw new FormatException("Object expected");

    public static Answer NoContent { get; } = new(204);

    public static Answer Hal(JToken body, int status = 200) => Answer.Json(body, status, "application/hal+json");

    /// <summary>A page of a collection with links to its neighbours; 204 when the page is empty.</summary>
    public Answer Page(string name, IEnumerable<JObject> all, int defaultLimit = 50)
    {
        var limit = Query.Int("limit") ?? defaultLimit;
        if (limit > MaxLimit)
            return AmoProblem.Of(422, $"Limit {MaxLimit} per page");
        var page = Math.Max(1, Query.Int("page") ?? 1);
        var items = all.Skip((page - 1) * limit).Take(limit + 1).ToList();
        if (items.Count == 0)
            return NoContent;
        var links = new JObject { ["self"] = Href(page) };
        if (items.Count > limit)
            links["next"] = Href(page + 1);
        if (page > 1)
            links["prev"] = Href(page - 1);
        return Hal(new JObject
        {
            ["_page"] = page,
            ["_links"] = links,
            ["_embedded"] = new JObject { [name] = new JArray(items.Take(limit)) },
        });
    }

    /// <summary>A collection that is never paged.</summary>
    public Answer Whole(string name, IEnumerable<JObject> all)
    {
        var items = new JArray(all);
        return Hal(new JObject
        {
            ["_total_items"] = items.Count,
            ["_links"] = new JObject { ["self"] = new JObject { ["href"] = Self } },
            ["_embedded"] = new JObject { [name] = items },
        });
    }

    public Answer Written(string name, IEnumerable<JObject> items, int status = 200) => Hal(
        new JObject
        {
            ["_links"] = new JObject { ["self"] = new JObject { ["href"] = Self } },
            ["_embedded"] = new JObject { [name] = new JArray(items) },
        }, status);

    private JObject Href(int page)
    {
        var others = context.Request.Query.Where(pair => pair.Key != "page")
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"));
        return new JObject { ["href"] = $"{Self}?{string.Join('&', others.Append($"page={page}"))}" };
    }
}
