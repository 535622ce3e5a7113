using Microsoft.AspNetCore.Routing;

namespace Automation.Simulators;

/// <summary>An outside system, played in memory. Every one of them can be mapped into any ASP.NET Core host.</summary>
public interface ISimulator
{
    /// <summary>Adds the system's endpoints. Paths are relative to the prefix given in the simulator's options.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>Raised after every change of the system's state and after every delivery it made.</summary>
    event EventHandler? Changed;
}
