namespace Automation.Simulation.Tests.World;

/// <summary>Where the work of one life of a node waits until the world picks it. A dead node's work is never picked again.</summary>
public sealed class NodeScheduler(SimulatedWorld world, string name) : TaskScheduler
{
    private readonly List<Task> held = [];

    public string Name { get; } = name;

    public bool IsDead { get; set; }

    public bool IsPaused { get; private set; }

    public void Pause() => IsPaused = true;

    public void GoOn()
    {
        IsPaused = false;
        foreach (var task in held) world.Ready(this, task);
        held.Clear();
    }

    /// <summary>Runs a callback as work of this node.</summary>
    public void Post(Action work) => new Task(work).Start(this);

    public void Run(Task task)
    {
        if (IsDead) return;
        if (IsPaused) held.Add(task);
        else TryExecuteTask(task);
    }

    protected override void QueueTask(Task task)
    {
        if (!IsDead) world.Ready(this, task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
