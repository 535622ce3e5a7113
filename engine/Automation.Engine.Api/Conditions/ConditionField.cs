using Automation.Engine.Expressions.Builder;

namespace Automation.Engine.Api.Conditions;

/// <summary>What kind of values a field holds: it decides which comparisons are offered.</summary>
public enum FieldKind { Text, Number, Date, Choice, Choices, Flag, User, Stage, Pipeline, Tags, List }

/// <summary>A field that a condition may look at.</summary>
/// <param name="Path">As formulas write it.</param>
/// <param name="Owner">deal, contact, company or user.</param>
/// <param name="Name">As the CRM or the product shows it.</param>
/// <param name="Choices">Values to choose from; empty where one is typed.</param>
public sealed record ConditionField(string Path, string Owner, string Name, FieldKind Kind, IReadOnlyList<FieldChoice> Choices)
{
    /// <summary>Events tell what the deal's own fields were before.</summary>
    public bool Changes => Owner == "deal";

    /// <summary>Comparisons that make sense for it, the usual first.</summary>
    public IReadOnlyList<ConditionOperator> Operators => [.. Own(Kind), .. !Changes ? [] : HoldsOne ? Turning : Changing];

    private bool HoldsOne => Kind is not (FieldKind.Choices or FieldKind.List or FieldKind.Flag or FieldKind.Tags);

    private static readonly ConditionOperator[] Changing = [ConditionOperator.Changed, ConditionOperator.NotChanged];
    private static readonly ConditionOperator[] Turning = [.. Changing, ConditionOperator.ChangedTo, ConditionOperator.ChangedFrom, ConditionOperator.ChangedFromTo];

    private static ConditionOperator[] Own(FieldKind kind) => kind switch
    {
        FieldKind.Number =>
        [
            ConditionOperator.Greater, ConditionOperator.GreaterOrEqual, ConditionOperator.Less, ConditionOperator.LessOrEqual, ConditionOperator.Equal, ConditionOperator.NotEqual, ConditionOperator.Between,
            ConditionOperator.Empty, ConditionOperator.NotEmpty,
        ],
        FieldKind.Date =>
        [
            ConditionOperator.Today, ConditionOperator.NextDays, ConditionOperator.LastDays, ConditionOperator.OlderThan, ConditionOperator.LaterThan, ConditionOperator.OnDay, ConditionOperator.Less, ConditionOperator.GreaterOrEqual,
            ConditionOperator.AfterDay, ConditionOperator.Empty, ConditionOperator.NotEmpty,
        ],
        FieldKind.Choice or FieldKind.User => [ConditionOperator.Equal, ConditionOperator.NotEqual, ConditionOperator.OneOf, ConditionOperator.NoneOf, ConditionOperator.Empty, ConditionOperator.NotEmpty],
        FieldKind.Stage or FieldKind.Pipeline => [ConditionOperator.Equal, ConditionOperator.NotEqual, ConditionOperator.OneOf, ConditionOperator.NoneOf],
        FieldKind.Choices or FieldKind.List => [ConditionOperator.Includes, ConditionOperator.NotIncludes, ConditionOperator.Empty, ConditionOperator.NotEmpty],
        FieldKind.Flag => [ConditionOperator.Checked, ConditionOperator.NotChecked],
        FieldKind.Tags => [ConditionOperator.HasTag, ConditionOperator.HasNoTag, ConditionOperator.Empty, ConditionOperator.NotEmpty],
        _ =>
        [
            ConditionOperator.Same, ConditionOperator.NotSame, ConditionOperator.ContainsAnyCase, ConditionOperator.NotContainsAnyCase, ConditionOperator.StartsWith, ConditionOperator.EndsWith, ConditionOperator.OneOf, ConditionOperator.NoneOf,
            ConditionOperator.Empty, ConditionOperator.NotEmpty, ConditionOperator.Equal, ConditionOperator.Contains,
        ],
    };
}

/// <param name="Value">As the deal holds it.</param>
public sealed record FieldChoice(string Value, string Name);
