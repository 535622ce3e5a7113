using Automation.Engine.Expressions.Builder;
using FsCheck;
using FsCheck.Fluent;

namespace Automation.Designer.Tests.Conditions;

/// <summary>Trees of every form that the builder can make.</summary>
internal static class RandomConditions
{
    public static readonly string[] Paths = ["deal.price", "deal.name", "deal.cf.101", "deal.cf.102", "deal.created_at", "deal.Город доставки", "contact.name", "deal.tags"];
    private static readonly string[] Texts = ["", "Казань", "казань", "Каз", "vip", "5", "-3.5", "2026-11-25", "2026-11-25T10:30", "it's \\ \"so\"\n", "true", "1", "]#[", "and", "не"];
    private static readonly string[] Days = ["2026-11-20", "2026-11-22", "2026-11-25", "2024-02-29"];

    private static readonly Gen<ConditionValue> Text = Gen.OneOf(Gen.Elements(Texts), ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")).Select(text => (ConditionValue)new ConditionValue.Text(text));
    private static readonly Gen<ConditionValue> Number = Gen.OneOf(Gen.Elements(0m, 1m, 5m, -3.5m, 1000.50m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m), ArbMap.Default.GeneratorFor<int>().Select(n => n / 10m)).Select(n => (ConditionValue)new ConditionValue.Number(n));
    private static readonly Gen<ConditionValue> Day = Gen.Elements(Days).Select(day => (ConditionValue)new ConditionValue.Date(day));
    private static readonly Gen<ConditionValue> Moment = Gen.Elements("2026-11-22T10:00", "2026-11-22T10:00:30", "2026-11-22T00:00:00+03:00", "2026-11-22T07:00:00Z").Select(at => (ConditionValue)new ConditionValue.Date(at));
    private static readonly Gen<ConditionValue> Constant = Gen.OneOf(Text, Number, Day, Moment, Gen.Elements(true, false).Select(flag => (ConditionValue)new ConditionValue.Flag(flag)));
    private static readonly Gen<ConditionValue> Other = Gen.OneOf(Gen.Elements(Paths).Select(path => (ConditionValue)new ConditionValue.Field(path)), Gen.Elements(Paths).Select(path => (ConditionValue)new ConditionValue.Previous(path)));
    private static readonly Gen<ConditionValue> Count = Gen.Choose(0, 3).Select(days => (ConditionValue)new ConditionValue.Number(days));

    public static readonly Gen<ConditionLine> Line =
        from op in Gen.Elements(Enum.GetValues<ConditionOperator>())
        let form = ConditionOperators.FormOf(op)
        from path in op is ConditionOperator.HasTag or ConditionOperator.HasNoTag ? Gen.Constant(ConditionOperators.TagsField) : Gen.Elements(Paths)
        from before in Gen.Elements(true, false, false)
        from extra in Gen.Choose(0, 3)
        from values in Gen.ListOf(Values(form.Kind), form.Max ?? (form.Min + extra))
        select new ConditionLine(path, op, [.. values], before && form.LooksBack);

    public static readonly Gen<ConditionGroup> Tree = Gen.Sized(size => Group(Math.Min(4, 1 + (size / 20))));

    private static Gen<ConditionGroup> Group(int depth) =>
        from kind in Gen.Elements(Enum.GetValues<GroupKind>())
        from count in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Constant(1)), (6, Gen.Choose(2, 4)))
        from items in Gen.ListOf(Node(depth), count)
        select new ConditionGroup(kind, [.. items]);

    private static Gen<ConditionNode> Node(int depth) => depth == 0
        ? Line.Select(line => (ConditionNode)line)
        : Gen.Frequency((3, Line.Select(line => (ConditionNode)line)), (2, Group(depth - 1).Select(group => (ConditionNode)group)));

    private static Gen<ConditionValue> Values(OperandKind kind) => kind switch
    {
        OperandKind.Any => Gen.Frequency((4, Constant), (1, Other)),
        OperandKind.Text => Text,
        OperandKind.Day => Day,
        OperandKind.Days => Count,
        _ => Constant,
    };
}
