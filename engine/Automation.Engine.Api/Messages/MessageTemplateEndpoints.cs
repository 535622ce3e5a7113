using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Tools;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Messages;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Messages;

/// <param name="Title">What people see.</param>
/// <param name="Text">Liquid.</param>
/// <param name="Subject">Liquid; of an e-mail. Absent: none.</param>
/// <param name="Mark"><c>service</c> (default) or <c>advertising</c>.</param>
public sealed record MessageTemplateRequest(string? Title, string? Text, string? Subject, MessageMark Mark);

internal static class MessageTemplateEndpoints
{
    private const string Invalid = "template_invalid";
    private const string InUse = "template_in_use";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/message-templates", ListAsync).WithSummary("Texts that the account keeps for its SMS and e-mails").Produces<PageView<MessageTemplate>>();
        api.MapGet("/message-templates/{name}", ReadAsync).WithSummary("A message template").Produces<MessageTemplate>().ProducesProblem(404);
        api.MapPut("/message-templates/{name}", SaveAsync).Needs(Permissions.Edit).WithSummary("Saves a message template; the next message that is sent by it has the new text").Accepts<MessageTemplateRequest>("application/json").Produces<MessageTemplate>().ProducesProblem(400);
        api.MapDelete("/message-templates/{name}", RemoveAsync).Needs(Permissions.Edit).WithSummary("Removes a message template that no funnel, draft or workflow uses").Produces(204).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMessageTemplates templates) =>
        new JsonAnswer(new PageView<MessageTemplate>(await templates.ListAsync(context.Account(), context.RequestAborted), null));

    private static async Task<IResult> ReadAsync(HttpContext context, string name, IMessageTemplates templates) =>
        new JsonAnswer(await templates.FindAsync(context.Account(), name, context.RequestAborted) ?? throw Missing(name));

    private static async Task<IResult> SaveAsync(HttpContext context, string name, MessageTemplateService templates, AccountDirectory accounts, TimeProvider clock, string? lang)
    {
        var body = await ApiJson.ReadAsync<MessageTemplateRequest>(context.Request, context.RequestAborted);
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var template = new MessageTemplate(
            name, body.Title?.Trim() ?? "", body.Text?.Trim() ?? "", body.Subject?.Trim() is { Length: > 0 } subject ? subject : null, body.Mark, clock.GetUtcNow(), context.Caller().Name);
        var places = (await templates.SaveAsync(context.Account(), template, context.RequestAborted)).Select(problem => Place(problem, english)).ToList();
        return places.Count == 0 ? new JsonAnswer(template) : throw new ProblemException(new(400, Invalid, string.Join(" ", places.Select(place => place.Message))) { Errors = places });
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string name, MessageTemplateService templates, AccountDirectory accounts, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        return await templates.RemoveAsync(context.Account(), name, context.RequestAborted) switch
        {
            null => throw Missing(name),
            [] => Results.NoContent(),
            var users => throw new ProblemException(new(409, InUse, Used(name, users).In(english)) { Errors = [.. users.Select(user => new ProblemPlace($"{user.Kind}s/{user.Key}", InUse, user.Name))] }),
        };
    }

    private static ProblemPlace Place(MessageTemplateProblem problem, bool english) => problem.Error is { } error
        ? new(problem.Path, error.Code, ExpressionWords.Of(error, english), error.Line, error.Column)
        : new(problem.Path, Invalid, problem.Words.In(english));

    private static Wording Used(string name, IReadOnlyList<MessageTemplateUser> users)
    {
        var names = string.Join(", ", users.Select(user => $"«{user.Name}»"));
        return new($"Шаблон «{name}» используют: {names}. Выберите там другой текст.", $"The template “{name}” is used by {names}. Choose another text there first.");
    }

    private static ProblemException Missing(string name) => ApiProblem.NotFound($"There is no message template '{name}'.");
}
