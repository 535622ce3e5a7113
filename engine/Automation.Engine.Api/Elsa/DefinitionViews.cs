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
    private static readonly string[] Reads = ["self", "versions", "bulk-dispatch", "dispatch", "execute", "export"];

    // Without "publish" the editor is read-only.
    private static readonly string[] Changes = ["publish", "retract", "delete", "import", "update-references"];
    private static readonly string[] ListChanges = ["self", "is-name-unique", "count", "many-by-id", "bulk-delete-by-definition-id", "bulk-delete-by-id", "bulk-publish", "bulk-retract", "import", "import-files", "create"];

    /// <summary>A version with its workflow.</summary>
    public static JObject Whole(DefinitionRow row, AccountActivities activities)
    {
        var view = Served(row);
        view.Merge(DefinitionDocument.Given(ApiJson.Parse(row.Document), activities), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        view["name"] = row.Name ?? (string?)view["name"];
        view["links"] = Links(IsReadonly(row) ? Reads : [.. Reads, .. Changes]);
        return view;
    }

    public static JObject Summary(DefinitionRow row)
    {
        var document = ApiJson.Parse(row.Document);
        var view = Served(row);
        (view["name"], view["description"]) = (row.Name, document["description"]);
        view["toolVersion"] = System.Version.TryParse((string?)document["toolVersion"], out _) ? document["toolVersion"] : DefinitionDocument.ToolVersion;
        (view["materializerName"], view["isMaterializerAvailable"]) = ("Json", true);
        view["links"] = Links(IsReadonly(row) ? Reads : [.. Reads, .. Changes]);
        return view;
    }

    /// <summary>A file that an Elsa server, or this one, can import.</summary>
    public static JObject Exported(DefinitionRow row)
    {
        var view = new JObject { ["$schema"] = Schema };
        view.Merge(Served(row));
        view.Merge(ApiJson.Parse(row.Document), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        view["name"] = row.Name ?? (string?)view["name"];
        return view;
    }

    public static JArray ListLinks() => Links(ListChanges);

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

    private static JArray Links(IEnumerable<string> rels) => new(rels.Select(rel => new JObject { ["href"] = "", ["rel"] = rel, ["method"] = "GET" }));
}
