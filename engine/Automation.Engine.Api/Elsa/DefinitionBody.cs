using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Definitions as they are sent.</summary>
internal static class DefinitionBody
{
    private const int MaxDocument = 10 * 1024 * 1024;

    /// <param name="around">Levels that the request puts around the definition.</param>
    /// <exception cref="DefinitionRefusedException">It lies too deep.</exception>
    /// <exception cref="Errors.ProblemException">It is too large, or no JSON.</exception>
    public static async Task<JObject> ReadAsync(HttpRequest request, int around, CancellationToken cancellationToken) =>
        Read(await ApiJson.ReadTextAsync(request, MaxDocument, cancellationToken), around);

    /// <inheritdoc cref="ReadAsync"/>
    public static JObject Read(string text, int around)
    {
        DefinitionSize.CheckDepth(text, around);
        return ApiJson.Read<JObject>(text);
    }
}
