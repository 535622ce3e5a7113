using System.Net;
using Automation.Designer.Words;
using Automation.Engine.Api.Managers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Designer.Running;

/// <summary>
/// A manager's own page, <c>/here/{token}</c>: he says that he is here, or away, without a sign-in. While it is open on "here", it says so
/// again every minute.
/// </summary>
internal static class HerePages
{
    // As long as an assignment counts a sign of presence by default.
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/here/{token}", async (HttpContext context, string token, PresenceService presence, TimeProvider clock) =>
            await WriteAsync(context, token, await presence.FindAsync(context, token), clock)).ExcludeFromDescription();
        // The token in the address is what a form of another site does not have.
        routes.MapPost("/here/{token}", NoteAsync).ExcludeFromDescription().WithMetadata(new NoAntiforgery());
    }

    private static async Task NoteAsync(HttpContext context, string token, PresenceService presence, TimeProvider clock)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        var said = form?["here"].ToString();
        var manager = said is "yes" or "no" ? await presence.NoteAsync(context, token, said == "yes") : await presence.FindAsync(context, token);
        if (manager is not null && form?["by"].ToString() == "script")
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await WriteAsync(context, token, manager, clock);
    }

    private static async Task WriteAsync(HttpContext context, string token, PresentManager? manager, TimeProvider clock)
    {
        var words = new ScreenWords();
        words.Use(manager?.Language ?? Session.PageLook.Language(context), TimeZoneInfo.Utc);
        context.Response.StatusCode = manager is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(manager is null ? Page(words, words["here.title"], $"<h1>{Text(words["here.gone"])}</h1><p>{Text(words["here.goneHint"])}</p>") : Own(words, token, manager, clock), context.RequestAborted);
    }

    private static string Own(ScreenWords words, string token, PresentManager manager, TimeProvider clock)
    {
        var here = manager.SeenAt is { } seen && clock.GetUtcNow() - seen < Lasts;
        return Page(words, $"{manager.Name} · {manager.Account}", $"""
            <h1>{Text(manager.Name)}</h1>
            <p class="hint">{Text(manager.Account)}</p>
            <p class="here-now" role="status" data-testid="here-state" data-here="{(here ? "yes" : "no")}">{Text(words[here ? "here.isHere" : "here.isAway"])}</p>
            <form method="post" action="/here/{Text(token)}" class="here-buttons">
              <button class="button main" name="here" value="yes" data-testid="here-yes">{Text(words["here.here"])}</button>
              <button class="button" name="here" value="no" data-testid="here-no">{Text(words["here.away"])}</button>
            </form>
            <p class="hint">{Text(words["here.hint"])}</p>
            """);
    }

    private static string Page(ScreenWords words, string title, string body) => $"""
        <!doctype html>
        <html lang="{words.Language}">
        <head>
          <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
          <title>{Text(title)}</title>
          <link rel="icon" href="data:,"><link rel="stylesheet" href="/designer/designer.css"><link rel="stylesheet" href="/designer/running.css">
          <script src="/designer/theme.js"></script><script src="/designer/here.js" defer></script>
        </head>
        <body><main class="alone"><div class="here-page">{body}</div></main></body>
        </html>
        """;

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private sealed class NoAntiforgery : IAntiforgeryMetadata
    {
        public bool RequiresValidation => false;
    }
}
