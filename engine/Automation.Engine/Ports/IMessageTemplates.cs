using Automation.Engine.Accounts;

namespace Automation.Engine.Ports;

/// <summary>What a message is for the law: one that advertises needs the receiver's consent.</summary>
public enum MessageMark { Service, Advertising }

/// <summary>A text that an account keeps for its messages; a step sends it as it is when the step runs.</summary>
/// <param name="Name">Short name: what steps and funnel files call it by.</param>
/// <param name="Title">What people see.</param>
/// <param name="Text">Liquid.</param>
/// <param name="Subject">Liquid; of an e-mail. Null: none.</param>
public sealed record MessageTemplate(string Name, string Title, string Text, string? Subject, MessageMark Mark, DateTimeOffset UpdatedAt, string? UpdatedBy);

/// <summary>The message templates of accounts.</summary>
public interface IMessageTemplates
{
    /// <summary>By title.</summary>
    ValueTask<IReadOnlyList<MessageTemplate>> ListAsync(AccountId account, CancellationToken cancellationToken);

    /// <returns>Null when there is none of that name.</returns>
    ValueTask<MessageTemplate?> FindAsync(AccountId account, string name, CancellationToken cancellationToken);
}
