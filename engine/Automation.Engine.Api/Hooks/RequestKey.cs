using Microsoft.AspNetCore.Http;

namespace Automation.Engine.Api.Hooks;

/// <summary>The <c>Idempotency-Key</c> by which a caller may ask again: the same key, the same thing, once.</summary>
internal static class RequestKey
{
    private const int Longest = 200;

    /// <returns>Null where the caller gave none, or one that is too long.</returns>
    public static string? Of(HttpRequest request) => request.Headers["Idempotency-Key"] is [{ Length: > 0 and <= Longest } key] ? key : null;
}
