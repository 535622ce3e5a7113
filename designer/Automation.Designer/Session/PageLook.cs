using System.Security.Claims;
using Automation.Engine.Api.Access;
using Microsoft.AspNetCore.Http;

namespace Automation.Designer.Session;

/// <summary>How a page looks before its circuit stands.</summary>
public static class PageLook
{
    private const string ThemeCookie = "automation_theme";

    /// <summary>light or dark; null for the browser's.</summary>
    public static string? Theme(HttpContext? context) => context?.Request.Cookies[ThemeCookie] is "dark" or "light" ? context.Request.Cookies[ThemeCookie] : null;

    /// <summary>That of the signed-in person, else the browser's first known one, else Russian.</summary>
    public static string Language(HttpContext? context)
    {
        if (context?.User.FindFirstValue(SessionCookie.LanguageClaim) is { Length: > 0 } own) return own;
        foreach (var asked in context?.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1) ?? Enumerable.Empty<Microsoft.Net.Http.Headers.StringWithQualityHeaderValue>())
        {
            var language = asked.Value.Value?.Split('-')[0];
            if (language is "ru" or "en") return language;
        }

        return "ru";
    }
}
