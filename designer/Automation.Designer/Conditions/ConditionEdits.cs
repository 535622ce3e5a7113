using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions.Builder;

namespace Automation.Designer.Conditions;

/// <summary>Changes of a tree at a place: the places in the groups from the outside in, from 0. The root has the empty one.</summary>
public static class ConditionEdits
{
    /// <summary>A line that nothing was chosen in yet: it does not count.</summary>
    public static ConditionLine NewLine { get; } = new("", ConditionOperator.Equal, []);

    public static bool IsNew(ConditionNode node) => node is ConditionLine { Field: "" };

    public static string Text(IReadOnlyList<int> place) => string.Join('.', place);

    public static ConditionNode At(ConditionGroup root, IReadOnlyList<int> place) => place.Aggregate((ConditionNode)root, (node, i) => ((ConditionGroup)node).Items[i]);

    public static ConditionGroup Put(ConditionGroup root, IReadOnlyList<int> place, ConditionNode node) =>
        place.Count == 0 ? (ConditionGroup)node : root with { Items = [.. root.Items.Select((item, i) => i != place[0] ? item : place.Count == 1 ? node : Put((ConditionGroup)item, [.. place.Skip(1)], node))] };

    /// <summary>Behind the last item of a group.</summary>
    public static ConditionGroup Add(ConditionGroup root, IReadOnlyList<int> group, ConditionNode node)
    {
        var there = (ConditionGroup)At(root, group);
        return Put(root, group, there with { Items = [.. there.Items, node] });
    }

    /// <summary>Takes an item away, and the groups that are empty then.</summary>
    public static ConditionGroup Remove(ConditionGroup root, IReadOnlyList<int> place)
    {
        int[] group = [.. place.SkipLast(1)];
        var there = (ConditionGroup)At(root, group);
        var rest = there with { Items = [.. there.Items.Where((_, i) => i != place[^1])] };
        return rest.Items.Count == 0 && group.Length > 0 ? Remove(root, group) : Put(root, group, rest);
    }

    /// <summary>One up or down among its neighbours; nothing at the end.</summary>
    public static ConditionGroup Shift(ConditionGroup root, IReadOnlyList<int> place, int by)
    {
        int[] group = [.. place.SkipLast(1)];
        var there = (ConditionGroup)At(root, group);
        var (from, to) = (place[^1], place[^1] + by);
        if (to < 0 || to >= there.Items.Count) return root;
        var items = there.Items.ToList();
        (items[from], items[to]) = (items[to], items[from]);
        return Put(root, group, there with { Items = items });
    }

    /// <summary>Puts an item into a group of its own.</summary>
    public static ConditionGroup Wrap(ConditionGroup root, IReadOnlyList<int> place) => Put(root, place, new ConditionGroup(GroupKind.Any, [At(root, place), NewLine]));

    /// <summary>Lets a group's items stand where it stood.</summary>
    public static ConditionGroup Unwrap(ConditionGroup root, IReadOnlyList<int> place)
    {
        int[] group = [.. place.SkipLast(1)];
        var there = (ConditionGroup)At(root, group);
        return Put(root, group, there with { Items = [.. there.Items.SelectMany((item, i) => i == place[^1] ? ((ConditionGroup)item).Items : [item])] });
    }

    /// <summary>The tree without some of its lines, and without the groups that were nothing else.</summary>
    /// <returns>And where each part of it stands in the whole.</returns>
    public static (ConditionGroup Tree, IReadOnlyDictionary<string, string> Places) Without(ConditionGroup root, Func<ConditionLine, bool> dropped)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        return ((ConditionGroup?)Rest(root, [], []) ?? root with { Items = [] }, places);

        ConditionNode? Rest(ConditionNode node, IReadOnlyList<int> was, IReadOnlyList<int> now)
        {
            if (node is ConditionLine line) return dropped(line) ? null : Kept(line);
            var group = (ConditionGroup)node;
            var items = new List<ConditionNode>(group.Items.Count);
            for (var i = 0; i < group.Items.Count; i++)
                if (Rest(group.Items[i], [.. was, i], [.. now, items.Count]) is { } item) items.Add(item);
            return items.Count == 0 && group.Items.Count > 0 ? null : Kept(group with { Items = items });

            ConditionNode Kept(ConditionNode kept)
            {
                places[Text(now)] = Text(was);
                return kept;
            }
        }
    }

    /// <summary>A line of another field: what still makes sense stays.</summary>
    public static ConditionLine WithField(ConditionLine line, ConditionField field, ConditionField before) =>
        line.Field.Length > 0 && field.Kind == before.Kind && field.Choices.Count == 0 && field.Operators.Contains(line.Operator)
            ? line with { Field = field.Path, Before = line.Before && field.Changes }
            : WithOperator(new(field.Path, line.Operator, []), field.Operators[0], field);

    /// <summary>A line of another comparison: values that it takes stay.</summary>
    public static ConditionLine WithOperator(ConditionLine line, ConditionOperator op, ConditionField field)
    {
        var (was, form) = (ConditionOperators.FormOf(line.Operator), ConditionOperators.FormOf(op));
        var values = ClassOf(was.Kind) == ClassOf(form.Kind) ? line.Values.Where(value => form.Kind == OperandKind.Any || value is not (ConditionValue.Field or ConditionValue.Previous)).ToList() : [];
        if (form.Max is { } max && values.Count > max) values.RemoveRange(max, values.Count - max);
        while (values.Count < form.Min) values.Add(new ConditionValue.Missing());
        return new(field.Path, op, values, line.Before && form.LooksBack);
    }

    private static OperandKind ClassOf(OperandKind kind) => kind is OperandKind.Any or OperandKind.Text ? OperandKind.Constant : kind;
}
