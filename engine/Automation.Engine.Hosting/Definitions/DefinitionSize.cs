using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>How large a workflow may be (S10).</summary>
public static class DefinitionSize
{
    public const int MostActivities = 10_000;

    /// <summary>Levels of the document: objects and lists, one within another.</summary>
    public const int Deepest = 100;

    public const string Code = "definition_too_large";

    /// <exception cref="DefinitionRefusedException">It has too many activities, or lies too deep.</exception>
    public static void Check(JObject document)
    {
        CheckDepth(document);
        if (DefinitionDocument.Activities(document).Skip(MostActivities).Any())
            throw new DefinitionRefusedException(Code, $"A workflow takes at most {MostActivities} steps. Move a part of it into a workflow of its own.");
    }

    /// <summary>Looks before anything walks through the document: what walks follows every level.</summary>
    /// <inheritdoc cref="Check(JObject)"/>
    public static void CheckDepth(JObject document)
    {
        var left = new Stack<(JContainer Container, int Level)>();
        left.Push((document, 1));
        while (left.TryPop(out var at))
        {
            if (at.Level > Deepest) throw TooDeep();
            foreach (var child in at.Container.Children().Select(child => child is JProperty member ? member.Value : child).OfType<JContainer>()) left.Push((child, at.Level + 1));
        }
    }

    /// <summary>Looks at a text before it becomes a document. What is no JSON passes: its reader says where.</summary>
    /// <param name="around">Levels that lie around the document itself.</param>
    /// <inheritdoc cref="Check(JObject)"/>
    public static void CheckDepth(string json, int around)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, MaxDepth = null };
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonToken.StartObject or JsonToken.StartArray && reader.Depth >= Deepest + around) throw TooDeep();
        }
        catch (JsonReaderException)
        {
        }
    }

    private static DefinitionRefusedException TooDeep() => new(Code, $"This workflow is nested deeper than {Deepest} levels. Move a part of it into a workflow of its own.");
}
