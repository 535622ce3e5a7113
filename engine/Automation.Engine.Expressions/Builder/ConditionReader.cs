using Automation.Engine.Expressions.Formulas;

namespace Automation.Engine.Expressions.Builder;

/// <summary>What became of a formula.</summary>
/// <param name="Tree">Null when the builder cannot show it.</param>
/// <param name="Error">The text is no formula.</param>
/// <param name="Part">It is one, but no line says this part of it.</param>
public sealed record ConditionReading(ConditionGroup? Tree, ExpressionError? Error = null, string? Part = null);

/// <summary>Reads a formula as a tree, where the tree written again means the same part by part; elsewhere it says what stands against it.</summary>
public static class ConditionReader
{
    public static ConditionReading Read(string text)
    {
        try
        {
            var formula = FormulaParser.Parse(text);
            var work = new Work();
            if (work.Root(FormulaShape.Of(text)) is not { } tree) return new(null, null, work.Part ?? text);
            var same = FormulaLikeness.AreAlike(formula.Root, FormulaParser.Parse(ConditionWriter.Write(tree)).Root);
            return same ? new(tree) : new(null, null, text);
        }
        catch (FormulaException e)
        {
            return new(null, e.Error);
        }
    }

    private sealed class Work
    {
        /// <summary>The first part that no line says.</summary>
        public string? Part { get; private set; }

        public ConditionGroup? Root(FormulaShape shape) => shape switch
        {
            FormulaShape.Chain chain => Chain(chain),
            FormulaShape.Leaf leaf => Empty(leaf.Text) ?? One(Line(leaf)),
            FormulaShape.Not { Operand: FormulaShape.Brackets brackets } => None(brackets),
            FormulaShape.Brackets brackets when Compound(brackets) is null => One(Group(brackets.Inner)),
            _ => One(Item(shape)),
        };

        private ConditionNode? Item(FormulaShape shape) => shape switch
        {
            FormulaShape.Chain chain => Chain(chain),
            FormulaShape.Not { Operand: FormulaShape.Brackets brackets } => None(brackets),
            FormulaShape.Brackets brackets => Compound(brackets) ?? (ConditionNode?)Group(brackets.Inner),
            _ => Line(shape),
        };

        private ConditionGroup? Group(FormulaShape inner) => inner switch
        {
            FormulaShape.Chain chain => Chain(chain),
            FormulaShape.Leaf leaf => Empty(leaf.Text) ?? One(Line(leaf)),
            _ => One(Item(inner)),
        };

        private ConditionGroup? None(FormulaShape.Brackets brackets)
        {
            if (Is(brackets.Inner, "false")) return new(GroupKind.None, []);
            if (Compound(brackets) is { } line) return new(GroupKind.None, [line]);
            if (brackets.Inner is FormulaShape.Chain { Or: true } chain && !Is(chain.Items[^1], "false")) return Several(GroupKind.None, chain.Items);
            return Item(brackets.Inner) is { } item ? new(GroupKind.None, [item]) : null;
        }

        private ConditionGroup? Chain(FormulaShape.Chain chain)
        {
            var kind = chain.Or ? GroupKind.Any : GroupKind.All;
            var single = chain.Items.Count == 2 && Is(chain.Items[1], chain.Or ? "false" : "true");
            return Several(kind, single ? [chain.Items[0]] : chain.Items);
        }

        private ConditionGroup? Several(GroupKind kind, IReadOnlyList<FormulaShape> shapes)
        {
            var items = new List<ConditionNode>(shapes.Count);
            foreach (var shape in shapes)
            {
                if (Item(shape) is not { } item) return null;
                items.Add(item);
            }

            return new(kind, items);
        }

        private ConditionLine? Line(FormulaShape shape)
        {
            var line = LineReader.Read(FormulaParser.Parse(shape.Text).Root);
            if (line is null) Part ??= shape.Text;
            return line;
        }

        private static ConditionLine? Compound(FormulaShape.Brackets brackets) =>
            brackets.Inner is FormulaShape.Chain { Or: false } ? LineReader.Read(FormulaParser.Parse(brackets.Inner.Text).Root) : null;

        private static ConditionGroup? One(ConditionNode? item) => item is null ? null : new(GroupKind.All, [item]);

        private static ConditionGroup? Empty(string text) => IsWord(text, "true") ? ConditionGroup.Empty : IsWord(text, "false") ? new(GroupKind.Any, []) : null;

        private static bool Is(FormulaShape shape, string word) => shape is FormulaShape.Leaf && IsWord(shape.Text, word);

        private static bool IsWord(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
    }
}
