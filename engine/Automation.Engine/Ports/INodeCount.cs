namespace Automation.Engine.Ports;

/// <summary>How many nodes share what an outside system grants to all of them together, such as its requests a second.</summary>
public interface INodeCount
{
    /// <summary>Nodes at work, this one included; 1 or more. One that has died counts until the others know of it.</summary>
    int Count { get; }
}
