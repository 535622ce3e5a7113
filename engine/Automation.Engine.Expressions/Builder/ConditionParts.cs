namespace Automation.Engine.Expressions.Builder;

/// <summary>A part of a condition that is true or false by itself.</summary>
/// <param name="Path">Places in the groups from the outside in, from 0, such as <c>1.0</c>; empty for the whole.</param>
/// <param name="Text">The part as a formula.</param>
public sealed record ConditionPart(string Path, string Text);

/// <summary>A condition's parts: those of its tree, or where it has none, what and, or, not and brackets make of its text.</summary>
public static class ConditionParts
{
    /// <returns>The whole first; nothing for a text that is no formula.</returns>
    public static IReadOnlyList<ConditionPart> Of(string text)
    {
        var reading = ConditionReader.Read(text);
        if (reading.Error is not null) return [];
        var parts = new List<ConditionPart> { new("", text) };
        if (reading.Tree is { } tree) Add(parts, tree, "");
        else Add(parts, FormulaShape.Of(text), "");
        return parts;
    }

    private static void Add(List<ConditionPart> parts, ConditionGroup group, string path)
    {
        for (var i = 0; i < group.Items.Count; i++)
        {
            var place = Join(path, i);
            parts.Add(new(place, ConditionWriter.Item(group.Items[i])));
            if (group.Items[i] is ConditionGroup inner) Add(parts, inner, place);
        }
    }

    private static void Add(List<ConditionPart> parts, FormulaShape shape, string path)
    {
        IReadOnlyList<FormulaShape> items = shape switch
        {
            FormulaShape.Chain chain => chain.Items,
            FormulaShape.Not not => [not.Operand],
            FormulaShape.Brackets brackets => brackets.Inner is FormulaShape.Leaf ? [] : [brackets.Inner],
            _ => [],
        };
        // Brackets around brackets are one part.
        if (shape is FormulaShape.Brackets or FormulaShape.Not && items is [FormulaShape.Chain or FormulaShape.Brackets])
        {
            Add(parts, items[0], path);
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            var place = Join(path, i);
            parts.Add(new(place, items[i].Text));
            Add(parts, items[i], place);
        }
    }

    private static string Join(string path, int place) => path.Length == 0 ? place.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{path}.{place}";
}
