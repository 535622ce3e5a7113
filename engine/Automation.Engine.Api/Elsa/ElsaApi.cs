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

    public const string Hubs = "/elsa/hubs";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var elsa = routes.MapGroup(Base).ExcludeFromDescription();
        DescriptorEndpoints.Map(elsa);
        FeatureEndpoints.Map(elsa);
        DefinitionEndpoints.Map(elsa);
        DefinitionFiles.Map(elsa);
        DefinitionUses.Map(elsa);
        ActivityTrials.Map(elsa);
        InstanceEndpoints.Map(elsa);
        InstanceActions.Map(elsa);
        RetryEndpoints.Map(elsa);
        InstanceFiles.Map(elsa);
        ResilienceEndpoints.Map(elsa);
        StartEndpoints.Map(elsa);
        SignalEndpoints.Map(elsa);
        elsa.MapFallback("{**rest}", () => Results.NotFound()).Needs(Permissions.Read);
        routes.MapHub<InstanceHub>($"{Hubs}/workflow-instance").Needs(Permissions.Read).ExcludeFromDescription();
    }
}
