using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>One way in which a published workflow starts by itself.</summary>
/// <param name="ActivityId">The activity that the run begins with.</param>
/// <param name="Name">Of the stimulus: the activity's type unless it says another.</param>
/// <param name="Hash">Of name and payload, by which a stimulus finds it (<see cref="Interpreter.StimulusHash"/>).</param>
public sealed record WorkflowTrigger(string ActivityId, string Name, string Hash, JToken Payload);
