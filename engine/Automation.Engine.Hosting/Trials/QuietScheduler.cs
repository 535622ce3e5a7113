using System.Collections.Concurrent;

namespace Automation.Engine.Hosting.Trials;

/// <summary>One thread for all back-tests of the process, below the others: however many wait, they take one core at most.</summary>
internal sealed class QuietScheduler : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> queue = [];

    public QuietScheduler() => new Thread(Work) { IsBackground = true, Priority = ThreadPriority.BelowNormal, Name = "back-tests" }.Start();

    public override int MaximumConcurrencyLevel => 1;

    public void Dispose() => queue.CompleteAdding();

    protected override IEnumerable<Task> GetScheduledTasks() => queue.ToArray();

    protected override void QueueTask(Task task) => queue.TryAdd(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    private void Work()
    {
        foreach (var task in queue.GetConsumingEnumerable()) TryExecuteTask(task);
    }
}
