using Automation.Engine.Accounts;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Messages;

/// <summary>The account's message templates, to be chosen in a step.</summary>
public sealed class MessageTemplateOptions(IMessageTemplates templates) : IInputOptions
{
    public async ValueTask<IReadOnlyList<InputOption>> ListAsync(AccountId account, CancellationToken cancellationToken) =>
        [.. (await templates.ListAsync(account, cancellationToken)).Select(template => new InputOption(template.Title, template.Name))];
}
