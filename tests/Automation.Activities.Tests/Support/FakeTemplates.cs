using Automation.Engine.Accounts;

namespace Automation.Activities.Tests.Support;

internal sealed class FakeTemplates : IMessageTemplates
{
    public Dictionary<string, MessageTemplate> All { get; } = [];

    public void Add(string name, string text, string? subject = null) => All[name] = new(name, name, text, subject, MessageMark.Service, default, null);

    public ValueTask<IReadOnlyList<MessageTemplate>> ListAsync(AccountId account, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<MessageTemplate>>([.. All.Values]);

    public ValueTask<MessageTemplate?> FindAsync(AccountId account, string name, CancellationToken cancellationToken) => ValueTask.FromResult(All.GetValueOrDefault(name));
}
