using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

/// <summary>Conditions with mistakes: refused when they are published, and told in both languages when they are computed.</summary>
public sealed class ConditionErrorTests
{
    private static readonly CrmDirectory Crm = new("1", "Shop", "Europe/Moscow", [], [Field("deal", "991201", "Город"), Field("deal", "7", "Сумма [руб]"), Field("contact", "8", "Должность"), Field("contact", "9", "Город")], [], []);

    [Fact]
    public async Task Condition_ThatCannotBeComputed_IsJournaledInBothLanguages()
    {
        await using var host = await RuntimeHost.StartAsync(Of("[deal.name] > 5"));
        await host.MovedAsync(host.AddDeal("А"), Funnel.Meeting);
        await using var context = await host.OpenAsync();
        var facts = (await context.Journal.Where(row => row.Kind == "event").Select(row => row.Facts).ToListAsync(RuntimeHost.Stop)).Select(JObject.Parse);
        var verdict = facts.SelectMany(one => one["verdicts"] ?? new JArray()).Single(one => (string?)one["reason"] == ExpressionCodes.Failed);
        Assert.Equal(
            ("deal.name > 5: a text cannot be compared with a number.", "«deal.name > 5» не сравнить: слева текст, справа число."),
            ((string?)verdict["message"], (string?)verdict["messageRu"]));
    }

    [Fact]
    public async Task Condition_WithABareField_IsNotPublishedAndMended()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var broken = Of("[Город] == 'Казань' or changed('Город')");

        var refused = await Assert.ThrowsAsync<FunnelInvalidException>(() => host.PublishAsync(broken));
        Assert.Equal("Условие не читается, место 1: Имя «Город» здесь не известно. Поле сделки пишется [deal.Город].", Assert.Single(refused.Problems).Ru);

        var finding = (await CheckAsync(host, broken)).Single(one => one.Place == "if");
        Assert.Equal((true, "'Город' is not known here. A field of the deal is written [deal.Город]."), (finding.IsError, finding.Message.En));
        var fix = Assert.Single(finding.Fixes);
        Assert.Equal("Заменить на [deal.Город]", fix.Title.Ru);
        var mended = broken with { Triggers = [FunnelJson.ReadTrigger((JObject)fix.Edit.Edits[0].After!)] };
        Assert.Equal("[deal.Город] == 'Казань' or changed('Город')", mended.Triggers[0].If?.Text);
        Assert.Empty(await CheckAsync(host, mended));
        await host.PublishAsync(mended);
    }

    /// <summary>Every root that a condition sees may be named, and a path by a text need not begin with one.</summary>
    [Fact]
    public async Task Condition_WithEveryRoot_IsPublished()
    {
        await using var host = await RuntimeHost.StartAsync(Funnel.Of());
        var all = string.Join(" or ", EventScope.Names.Select(root => $"isnull([{root}.x])"));
        await host.PublishAsync(Of($"{all} or old('Бюджет') = 1 or changed('cf.991201') or hastag('vip') or now() > today()"));
    }

    [Theory]
    [InlineData("Город", "deal.Город")]
    [InlineData("ГОРОД", "deal.Город")]
    [InlineData("991201", "deal.Город")]
    [InlineData("Сумма [руб]", "deal.cf.7")]
    [InlineData("Должность", "contact.Должность")]
    [InlineData("Бюджет", "deal.price")]
    [InlineData("price", "deal.price")]
    [InlineData("Чего нет", null)]
    public void Field_ByItsBareName_IsFound(string name, string? path) => Assert.Equal(path, MeantField.PathOf(name, Crm));

    private static FunnelDocument Of(string condition) => Funnel.Of(Funnel.Trigger("sms", Funnel.Entered(Funnel.Meeting), Funnel.Flow(Funnel.Sms()), condition));

    private static async Task<IReadOnlyList<Finding>> CheckAsync(RuntimeHost host, FunnelDocument document) =>
        await host.Services.GetRequiredService<DraftChecks>().CheckAsync(host.Account, Guid.Empty, host.Crm, document, RuntimeHost.Stop);

    private static CrmField Field(string entityType, string id, string name) => new(entityType, id, name, "text", null, new Dictionary<string, string>());
}
