namespace Automation.Engine.Workflows;

/// <summary>A child that has ended, and the execution that scheduled it, as Elsa's completion callbacks take them.</summary>
/// <param name="TargetContext">Whoever scheduled the child and takes over now.</param>
public sealed record ActivityCompletedContext(ActivityExecutionContext TargetContext, ActivityExecutionContext ChildContext);

/// <summary>An <see cref="ActivityCompletionCallback"/> with Elsa's one parameter. Stored by name like that one.</summary>
public delegate ValueTask ActivityCompletedCallback(ActivityCompletedContext context);

/// <summary>Where an execution stands, in Elsa's words.</summary>
public enum ActivityStatus { Pending, Running, Completed, Canceled, Faulted }
