using Newtonsoft.Json;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>What the file of a copy says of itself, in <c>manifest.json</c>.</summary>
/// <param name="Format">1.</param>
/// <param name="TakenAt">When the copy was begun, by the database's clock.</param>
/// <param name="Migration">The schema that its tables have.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset TakenAt, string Migration, IReadOnlyList<BackupTable> Tables)
{
    public const string Entry = "manifest.json";

    public string ToJson() => JsonConvert.SerializeObject(this, Formatting.Indented);

    public static BackupManifest FromJson(string text) => JsonConvert.DeserializeObject<BackupManifest>(text) ?? throw new JsonException("The manifest is empty.");
}

/// <summary>A table's rows lie in the entry of its name, as <c>COPY … (FORMAT binary)</c> writes them.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns)
{
    [JsonIgnore]
    public string Entry => $"tables/{Name}";

    [JsonIgnore]
    public string ColumnList => string.Join(", ", Columns.Select(Quoted));

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
