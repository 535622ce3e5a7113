using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Messages;
using Automation.Engine.Ports;
using Automation.Testing;

namespace Automation.Persistence.Tests.Contract;

/// <summary>Message templates of an account: saved under their name, listed by title, copied with the rest.</summary>
public abstract class MessageTemplateContract : StoreContract
{
    protected abstract Task<TestStore> OpenEmptyAsync();

    private MessageTemplateStore Templates => new(Store.Contexts);

    [Fact]
    public async Task Save_UnderANameThatIsThere_TakesItsPlace()
    {
        var first = Template("visit", "Визит", MessageMark.Service);
        await Templates.SaveAsync(Deals.Account, first, Cancellation);
        await Templates.SaveAsync(Deals.Account, Template("sale", "Акция", MessageMark.Advertising), Cancellation);
        Assert.Equal(first, await Templates.FindAsync(Deals.Account, "visit", Cancellation));

        var changed = first with { Text = "Ждём вас в {{ deal.date }}", Subject = null, Mark = MessageMark.Advertising, UpdatedAt = Deals.Noon.AddHours(1), UpdatedBy = null };
        await Templates.SaveAsync(Deals.Account, changed, Cancellation);

        Assert.Equal(changed, await Templates.FindAsync(Deals.Account, "visit", Cancellation));
        Assert.Equal(["sale", "visit"], (await Templates.ListAsync(Deals.Account, Cancellation)).Select(template => template.Name));
    }

    [Fact]
    public async Task Template_OfOneAccount_IsNoOthers()
    {
        var other = new AccountId(Deals.NewId());
        await Templates.SaveAsync(Deals.Account, Template("visit", "Визит", MessageMark.Service), Cancellation);
        await Templates.SaveAsync(other, Template("visit", "Чужой", MessageMark.Service), Cancellation);

        Assert.True(await Templates.RemoveAsync(Deals.Account, "visit", Cancellation));

        Assert.False(await Templates.RemoveAsync(Deals.Account, "visit", Cancellation));
        Assert.Null(await Templates.FindAsync(Deals.Account, "visit", Cancellation));
        Assert.Equal("Чужой", Assert.Single(await Templates.ListAsync(other, Cancellation)).Title);
    }

    [Fact]
    public async Task Template_InABackup_ComesBack()
    {
        using var folder = new TempDirectory();
        var kept = Template("visit", "Визит", MessageMark.Service);
        await Templates.SaveAsync(Deals.Account, kept, Cancellation);
        await Store.Get<IStoreBackup>().WriteAsync(folder.File("copy"), Cancellation);

        await using var place = await OpenEmptyAsync();
        await place.Get<IStoreBackup>().RestoreAsync(folder.File("copy"), Cancellation);

        Assert.Equal(kept, await new MessageTemplateStore(place.Contexts).FindAsync(Deals.Account, "visit", Cancellation));
    }

    private static MessageTemplate Template(string name, string title, MessageMark mark) => new(name, title, "Здравствуйте, {{ contact.name }}!", "Визит {{ deal.name }}", mark, Deals.Noon, "Анна");
}
