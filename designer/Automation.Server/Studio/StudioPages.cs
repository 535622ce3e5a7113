using Automation.Designer.Session;
using Automation.Engine.Api.Errors;

namespace Automation.Server.Studio;

/// <summary>
/// One page for each of Studio's elements, at the addresses that Studio itself goes to. What is on the page its script makes; who is not
/// signed in is sent to the first page by it.
/// </summary>
internal static class StudioPages
{
    public const string Root = "/studio";

    // Styles are written into the page by Studio's components; the two scripts that it writes, for the keys of editor and list, are known by their hashes.
    private const string Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'self'; frame-ancestors 'self'";

    private static readonly string[] Addresses = ["/workflows/definitions", "/workflows/definitions/{id}/edit", "/workflows/instances", "/workflows/instances/{id}/view"];

    public static void Map(WebApplication app)
    {
        app.MapGet(Root, () => Results.Redirect($"{Root}/workflows/definitions")).ExcludeFromDescription();
        foreach (var address in Addresses) app.MapGet(Root + address, (HttpContext context) => Results.Content(StudioFiles.Exist ? Page(PageLook.Language(context), PageLook.Theme(context)) : Missing, "text/html; charset=utf-8")).WithContentSecurityPolicy(Policy).ExcludeFromDescription();
    }

    private static string Page(string language, string? theme) => $"""
        <!doctype html>
        <html lang="{language}"{(theme is null ? "" : $" data-theme=\"{theme}\"")}>
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Automation · Studio</title>
          <base href="/studio/">
          <link rel="icon" href="data:,">
          <link rel="stylesheet" href="_content/MudBlazor/MudBlazor.min.css">
          <link rel="stylesheet" href="_content/CodeBeam.MudBlazor.Extensions/MudExtensions.min.css">
          <link rel="stylesheet" href="_content/Radzen.Blazor/css/material-base.css">
          <link rel="stylesheet" href="_content/Elsa.Studio.Shell/css/shell.css">
          <link rel="stylesheet" href="Elsa.Studio.Host.CustomElements.styles.css">
          <link rel="stylesheet" href="/designer/colours.css">
          <link rel="stylesheet" href="/studio-frame.css">
          <script src="/designer/theme.js"></script>
        </head>
        <body>
          <header class="frame">
            <a class="brand" href="/">Automation</a>
            <nav><a href="/studio/workflows/definitions" data-page="definitions"></a><a href="/studio/workflows/instances" data-page="instances"></a></nav>
            <span class="copy" id="copy" hidden>
              <a data-copy="board"></a> <b data-copy="name"></b> <i data-copy="state"></i>
              <button type="button" data-copy="apply"></button> <button type="button" data-copy="anew"></button>
            </span>
            <span class="trouble" id="trouble" role="alert"></span>
          </header>
          <main id="studio"></main>
          <div id="blazor-error-ui">{(language == "en" ? "The page stopped." : "Страница прервалась.")} <a href="" class="reload">{(language == "en" ? "Open it again" : "Открыть заново")}</a> <a class="dismiss">🗙</a></div>
          <script src="/studio-frame.js"></script>
          <script src="_content/BlazorMonaco/jsInterop.js"></script>
          <script src="_content/BlazorMonaco/lib/monaco-editor/min/vs/loader.js"></script>
          <script src="_content/BlazorMonaco/lib/monaco-editor/min/vs/editor/editor.main.js"></script>
          <script src="_content/MudBlazor/MudBlazor.min.js"></script>
          <script src="_content/CodeBeam.MudBlazor.Extensions/MudExtensions.min.js"></script>
          <script src="_content/Radzen.Blazor/Radzen.Blazor.js"></script>
          <script src="_framework/blazor.webassembly.js"></script>
        </body>
        </html>
        """;

    private const string Missing = """
        <!doctype html>
        <html lang="ru">
        <head><meta charset="utf-8"><title>Automation · Studio</title><link rel="stylesheet" href="/designer/designer.css"><script src="/designer/theme.js"></script></head>
        <body>
          <main class="alone"><div class="page narrow">
            <h1>Studio не собрана</h1>
            <p>Редактор сценариев берётся из npm при сборке, а Node на этой машине не было. Установите Node 20 или новее и соберите сервер ещё раз: <code>./run.sh</code>. Всё остальное работает и без него.</p>
            <h1 lang="en">Studio was not built</h1>
            <p lang="en">The workflow editor comes from npm when the server is built, and there was no Node on that machine. Install Node 20 or newer and build again: <code>./run.sh</code>. Everything else works without it.</p>
            <p><a href="/">Automation</a></p>
          </div></main>
        </body>
        </html>
        """;
}
