using Automation.Engine.Api.Conditions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Automation.Designer.Tests.Conditions;

public sealed class ConditionWordsTests
{
    [Theory]
    [InlineData("[deal.price] > 50000 and [deal.cf.7] = 'Сайт'", "бюджет > 50 000 и источник — «Сайт»", "budget > 50,000 and источник is “Сайт”")]
    [InlineData("hastag('VIP') or ([deal.responsible_id] = '5' and not isempty([deal.cf.7]))", "есть тег «VIP» или (ответственный — «Анна» и поле «Источник» заполнено)", "has the tag “VIP” or (responsible is “Анна” and “Источник” is filled in)")]
    [InlineData("not ([deal.stage_id] = '142' or [deal.price] < 1)", "ни одно из: этап — «Успех»; бюджет < 1", "none of: stage is “Успех”; budget < 1")]
    [InlineData("(0 <= daysbetween(today(), [deal.cf.8]) and daysbetween(today(), [deal.cf.8]) <= 3)", "дата визита — сегодня или в ближайшие 3 дня", "дата визита is today or in the next 3 days")]
    [InlineData("(changed('deal.price') and 5 = old('deal.price') and 7 = [deal.price])", "поле «Бюджет» изменилось с 5 на 7", "“Budget” changed from 5 to 7")]
    [InlineData("[deal.Источник] = 'Сайт'", "источник — «Сайт»", "источник is “Сайт”")]
    [InlineData("[deal.price] > old('deal.price')", "бюджет > прежнее значение", "budget > its value before")]
    [InlineData("[deal.price] * 2 > 5", "[deal.price] * 2 > 5", "[deal.price] * 2 > 5")]
    public void Condition_InWords_ReadsAsASentence(string formula, string russian, string english)
    {
        var condition = new Condition("NCalc", formula);

        Assert.Equal(russian, ConditionWords.Of(condition, Samples.Directory, false).Replace('\u00a0', ' ').Replace('\u202f', ' '));
        Assert.Equal(english, ConditionWords.Of(condition, Samples.Directory, true));
    }

    [Property(MaxTest = 1_000)]
    public Property AnyTree_InWords_SaysSomething() => Prop.ForAll(RandomConditions.Tree.ToArbitrary(), tree =>
        new ConditionWords(ConditionFields.Of(Samples.Directory, false), false).Of(tree).Length > 0 && new ConditionWords(ConditionFields.Of(null, true), true).Of(tree).Length > 0);

    [Fact]
    public void Operators_OfEachField_CanBeWrittenAboutIt() => Assert.All(ConditionFields.Of(Samples.Directory, false).All, field =>
        Assert.All(field.Operators, op => Assert.True(op is not (ConditionOperator.HasTag or ConditionOperator.HasNoTag) || field.Path == ConditionOperators.TagsField)));
}
