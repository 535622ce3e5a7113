using Automation.Engine.Api.Access;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Definitions in Elsa's form.</summary>
internal static class DefinitionViews
{
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";
    private static readonly (string Rel, Permissions Takes)[] Uses =
        [("self", Permissions.Read), ("versions", Permissions.Read), ("bulk-dispatch", Permissions.Operate), ("dispatch", Permissions.Operate), ("execute", Permissions.Operate), ("export", Permissions.Read)];

    // Without "publish" the editor is read-only, and without "bulk-publish" the list: they go to everybody who may change a draft.
    private static readonly (string Rel, Permissions Takes)[] Changes =
        [("publish", Permissions.Edit), ("retract", Permissions.Publish), ("delete", Permissions.Publish), ("import", Permissions.Edit), ("update-references", Permissions.Edit)];

    private static readonly (string Rel, Permissions Takes)[] ListChanges =
    [
        ("self", Permissions.Read), ("is-name-unique", Permissions.Read), ("count", Permissions.Read), ("many-by-id", Permissions.Read),
        ("bulk-delete-by-definition-id", Permissions.Publish), ("bulk-delete-by-id", Permissions.Publish), ("bulk-publish", Permissions.Edit), ("bulk-retract", Permissions.Publish),
        ("import", Permissions.Edit), ("import-files", Permissions.Edit), ("create", Permissions.Edit),
    ];

    /// <summary>A version with its workflow.</summary>
    /// <param name="document">As it is shown.</param>
    public static JObject Whole(DefinitionRow row, JObject document, AccountActivities activities, Caller caller)
    {
        var view = Served(row);
        view.Merge(DefinitionDocument.Given(document, activities), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        view["name"] = row.Name ?? (string?)view["name"];
        view["links"] = Links(IsReadonly(row) ? Uses : [.. Uses, .. Changes], caller);
        return view;
    }

    public static JObject Summary(DefinitionRow row, Caller caller)
    {
        var document = ApiJson.Parse(row.Document);
        var view = Served(row);
        (view["name"], view["description"]) = (row.Name, document["description"]);
        view["toolVersion"] = System.Version.TryParse((string?)document["toolVersion"], out _) ? document["toolVersion"] : DefinitionDocument.ToolVersion;
        (view["materializerName"], view["isMaterializerAvailable"]) = ("Json", true);
        view["links"] = Links(IsReadonly(row) ? Uses : [.. Uses, .. Changes], caller);
        return view;
    }

    /// <summary>A file that an Elsa server, or this one, can import.</summary>
    public static JObject Exported(DefinitionRow row)
    {
        var view = new JObject { ["$schema"] = Schema };
        view.Merge(Served(row));
        view.Merge(WorkingCopies.Is(row.DefinitionId) ? FunnelStart.Bare(ApiJson.Parse(row.Document)) : ApiJson.Parse(row.Document), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        view["name"] = row.Name ?? (string?)view["name"];
        return view;
    }

    public static JArray ListLinks(Caller caller) => Links(ListChanges, caller);

    // A funnel's workflows are changed and published with their funnel.
    private static bool IsReadonly(DefinitionRow row) => row.FunnelId is not null && !WorkingCopies.Is(row.DefinitionId);

    private static JObject Served(DefinitionRow row) => new()
    {
        ["id"] = row.VersionId,
        ["definitionId"] = row.DefinitionId,
        ["createdAt"] = row.CreatedAt,
        ["version"] = row.Version,
        ["isReadonly"] = IsReadonly(row),
        ["isSystem"] = WorkingCopies.Is(row.DefinitionId),
        ["isLatest"] = row.IsLatest,
        ["isPublished"] = row.IsPublished,
    };

    // Studio offers what has a link.
    private static JArray Links(IEnumerable<(string Rel, Permissions Takes)> links, Caller caller) =>
        new(links.Where(link => caller.May(link.Takes)).Select(link => new JObject { ["href"] = "", ["rel"] = link.Rel, ["method"] = "GET" }));
}
