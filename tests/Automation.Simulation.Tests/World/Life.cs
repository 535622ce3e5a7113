namespace Automation.Simulation.Tests.World;

/// <summary>The life that an activity runs in, for the one that ends it.</summary>
public sealed class Life(History history, SimulatedNode node)
{
    public void End() => history.Crash(node);
}
