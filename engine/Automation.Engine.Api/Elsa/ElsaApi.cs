using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Elsa;

/// <summary>The Elsa-compatible API, as far as Elsa Studio 3.8 calls it.</summary>
internal static class ElsaApi
{
    /// <summary>API and hub.</summary>
    public const string Root = "/elsa";

    public const string Base = "/elsa/api";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var elsa = routes.MapGroup(Base).ExcludeFromDescription();
        DescriptorEndpoints.Map(elsa);
        DefinitionEndpoints.Map(elsa);
        InstanceEndpoints.Map(elsa);
        StartEndpoints.Map(elsa);
        SignalEndpoints.Map(elsa);
        elsa.MapFallback("{**rest}", () => Results.NotFound());
    }
}
