using System.Linq.Expressions;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Messages;

/// <summary>Message templates. Nothing is kept in memory: a changed text holds for the next message, on every server.</summary>
public sealed class MessageTemplateStore(IDbContextFactory<AutomationDbContext> contexts) : IMessageTemplates
{
    public async ValueTask<IReadOnlyList<MessageTemplate>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.MessageTemplates.AsNoTracking().Where(row => row.AccountId == account.Value).ToListAsync(cancellationToken);
        return [.. rows.Select(From).OrderBy(one => one.Title, StringComparer.CurrentCulture).ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    public async ValueTask<MessageTemplate?> FindAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.MessageTemplates.AsNoTracking().FirstOrDefaultAsync(Is(account, name), cancellationToken) is { } row ? From(row) : null;
    }

    /// <summary>Makes it, or puts it in the place of the one of its name.</summary>
    public async Task SaveAsync(AccountId account, MessageTemplate template, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.MessageTemplates.FirstOrDefaultAsync(Is(account, template.Name), cancellationToken);
        if (row is null) context.MessageTemplates.Add(row = new MessageTemplateRow { AccountId = account.Value, Name = template.Name, Title = "", Text = "", Mark = "" });
        (row.Title, row.Text, row.Subject, row.Mark, row.UpdatedAt, row.UpdatedBy) = (template.Title, template.Text, template.Subject, template.Mark.ToString(), template.UpdatedAt, template.UpdatedBy);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <returns>False when there is none of that name.</returns>
    public async Task<bool> RemoveAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.MessageTemplates.Where(Is(account, name)).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    private static Expression<Func<MessageTemplateRow, bool>> Is(AccountId account, string name) => row => row.AccountId == account.Value && row.Name == name;

    private static MessageTemplate From(MessageTemplateRow row) => new(row.Name, row.Title, row.Text, row.Subject, Enum.Parse<MessageMark>(row.Mark), row.UpdatedAt, row.UpdatedBy);
}
