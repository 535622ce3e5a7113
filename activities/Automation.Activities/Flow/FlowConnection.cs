using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Flow;

/// <summary>An arrow of a flowchart.</summary>
[JsonConverter(typeof(FlowConnectionConverter))]
public sealed record FlowConnection(string Source, string SourcePort, string Target, string TargetPort)
{
    /// <summary>Names it within its chart.</summary>
    public string Key => $"{Source}:{SourcePort}>{Target}";
}

/// <summary>Writes <c>{source:{activity,port},target:{…}}</c>; reads the older <c>{source,sourcePort,target,targetPort}</c> too.</summary>
internal sealed class FlowConnectionConverter : JsonConverter<FlowConnection>
{
    public override FlowConnection ReadJson(JsonReader reader, Type objectType, FlowConnection? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        var json = JObject.Load(reader);
        var (source, sourcePort) = End(json, "source");
        var (target, targetPort) = End(json, "target");
        return new FlowConnection(source ?? "", sourcePort ?? "Done", target ?? "", targetPort ?? "In");
    }

    public override void WriteJson(JsonWriter writer, FlowConnection? value, JsonSerializer serializer) => new JObject
    {
        ["source"] = new JObject { ["activity"] = value!.Source, ["port"] = value.SourcePort },
        ["target"] = new JObject { ["activity"] = value.Target, ["port"] = value.TargetPort },
    }.WriteTo(writer);

    private static (string?, string?) End(JObject json, string name) => json[name] is JObject end
        ? ((string?)end["activity"], (string?)end["port"])
        : ((string?)json[name], (string?)json[name + "Port"]);
}
