using Automation.Engine.Accounts;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Persistence.Messages;
using Automation.Engine.Ports;

namespace Automation.Engine.Hosting.Messages;

/// <summary>Something that is wrong with a template.</summary>
/// <param name="Path">name, title, text or subject.</param>
/// <param name="Error">What is wrong with a text that cannot be read; null for everything else.</param>
public sealed record MessageTemplateProblem(string Path, Wording Words, ExpressionError? Error = null);

/// <summary>Message templates as people change them.</summary>
public sealed class MessageTemplateService(MessageTemplateStore store, MessageTemplateUses uses, IExpressionEvaluator evaluator)
{
    private const int LongestTitle = 100;
    private const int LongestSubject = 1000;

    /// <returns>What is wrong; nothing is saved then. Empty: it is saved.</returns>
    public async Task<IReadOnlyList<MessageTemplateProblem>> SaveAsync(AccountId account, MessageTemplate template, CancellationToken cancellationToken)
    {
        var problems = await CheckAsync(template, cancellationToken);
        if (problems.Count == 0) await store.SaveAsync(account, template, cancellationToken);
        return problems;
    }

    /// <returns>What uses it: it is not removed then. Empty: it is gone. Null: there was none.</returns>
    public async Task<IReadOnlyList<MessageTemplateUser>?> RemoveAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        if (await uses.OfAsync(account, name, cancellationToken) is { Count: > 0 } users && await store.FindAsync(account, name, cancellationToken) is not null) return users;
        return await store.RemoveAsync(account, name, cancellationToken) ? [] : null;
    }

    private async Task<IReadOnlyList<MessageTemplateProblem>> CheckAsync(MessageTemplate template, CancellationToken cancellationToken)
    {
        var problems = new List<MessageTemplateProblem>();
        if (template.Name.Length is 0 or > 64 || !template.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            problems.Add(new("name", new("Короткое имя: от 1 до 64 латинских букв, цифр, «-» и «_».", "The short name takes 1 to 64 Latin letters, digits, '-' and '_'.")));
        if (template.Title.Length is 0 or > LongestTitle) problems.Add(new("title", new($"Назовите шаблон: до {LongestTitle} знаков.", $"Give the template a name of up to {LongestTitle} characters.")));
        if (template.Text.Length == 0) problems.Add(new("text", new("Напишите текст сообщения.", "Write the text of the message.")));
        if (template.Subject?.Length > LongestSubject) problems.Add(new("subject", new($"Тема письма: до {LongestSubject} знаков.", $"The subject takes up to {LongestSubject} characters.")));
        await ReadAsync("text", template.Text);
        await ReadAsync("subject", template.Subject);
        return problems;

        async Task ReadAsync(string path, string? text)
        {
            if (await evaluator.ValidateAsync(new(ExpressionTypes.Liquid, text ?? ""), null, cancellationToken) is { } error) problems.Add(new(path, new(error.In(english: false), error.Message), error));
        }
    }
}
