using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;

namespace Automation.Simulators.AmoCrm;

/// <param name="Event">Which subscription it answers: <c>status_lead</c>, or <c>digital_pipeline</c>.</param>
/// <param name="Status">HTTP status of the receiver; null when it did not answer in time.</param>
public sealed record HookDelivery(
    long Number, DateTimeOffset At, string Destination, string Event, string Body, int Attempt, int? Status, string Answer)
{
    public bool Accepted => Status is >= 100 and < 300;

    public string Decoded => FormPairs.Decode(Body);
}

/// <summary>Sends hooks: in order for each destination, repeated by amoCRM's plan, every delivery written down.</summary>
public sealed class AmoHookQueue : IAsyncDisposable
{
    private sealed record Post(string Destination, string Event, string Body);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly TimeSpan timeout;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<string, Channel<Post>> lanes = [];
    private readonly List<Task> workers = [];
    private readonly List<HookDelivery> deliveries = [];
    private readonly List<Post> held = [];
    private readonly List<TaskCompletionSource> waiters = [];
    private int pending;

    internal AmoHookQueue(TimeProvider clock, TimeSpan timeout)
    {
        this.clock = clock;
        this.timeout = timeout;
    }

    internal event Action<HookDelivery>? Delivered;

    /// <summary>How often each hook is posted. Default 1; 2 or 3 play a sender that repeats itself.</summary>
    public int Copies { get; set; } = 1;

    /// <summary>Each pair of hooks changes places; an odd one waits for the next or for <see cref="Release"/>.</summary>
    public bool SwapNeighbours { get; set; }

    /// <summary>Pause before each delivery, by the clock. Default none.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>While true, hooks pile up until <see cref="Release"/>.</summary>
    public bool Hold { get; set; }

    public IReadOnlyList<HookDelivery> Deliveries { get { lock (gate) return [.. deliveries]; } }

    /// <summary>Hooks that wait, those held back included, those that wait for a repeat not.</summary>
    public int Pending { get { lock (gate) return pending + held.Count; } }

    public void ClearDeliveries()
    {
        lock (gate)
            deliveries.Clear();
    }

    /// <summary>Lets held hooks go, in order or backwards. Leaves <see cref="Hold"/> as it is.</summary>
    public void Release(bool backwards = false)
    {
        lock (gate)
        {
            if (backwards)
                held.Reverse();
            held.ForEach(Send);
            held.Clear();
        }
    }

    /// <summary>Completes when every hook that was let go has been tried once.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => When(() => pending == 0, cancellationToken);

    /// <summary>Completes when at least <paramref name="count"/> deliveries, first tries and repeats, are written down.</summary>
    public Task DeliveredAsync(int count, CancellationToken cancellationToken) =>
        When(() => deliveries.Count >= count, cancellationToken);

    internal void Enqueue(string destination, string name, string body)
    {
        lock (gate)
        {
            var post = new Post(destination, name, body);
            if (Hold)
                held.Add(post);
            else if (!SwapNeighbours)
                Send(post);
            else if (held.FindIndex(other => other.Destination == destination) is >= 0 and var index)
            {
                Send(post);
                Send(held[index]);
                held.RemoveAt(index);
            }
            else
                held.Add(post);
        }
    }

    private void Send(Post post)
    {
        if (!lanes.TryGetValue(post.Destination, out var lane))
        {
            lanes[post.Destination] = lane = Channel.CreateUnbounded<Post>();
            workers.Add(Task.Run(() => WorkAsync(lane.Reader)));
        }
        for (var i = 0; i < Copies; i++)
        {
            pending++;
            lane.Writer.TryWrite(post);
        }
    }

    private async Task WorkAsync(ChannelReader<Post> lane)
    {
        try
        {
            await foreach (var post in lane.ReadAllAsync(stopping.Token))
            {
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, clock, stopping.Token);
                await TryAsync(post, attempt: 1);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task TryAsync(Post post, int attempt)
    {
        var (status, answer) = await PostAsync(post);
        if (AmoRetryPlan.WaitAfter(attempt, status) is { } wait)
            _ = RepeatAsync(post, attempt + 1, wait);  // repeats do not hold up later hooks
        lock (gate)
        {
            var delivery = new HookDelivery(
                deliveries.Count + 1, clock.GetUtcNow(), post.Destination, post.Event, post.Body, attempt, status, answer);
            deliveries.Add(delivery);
            if (attempt == 1)
                pending--;
            Delivered?.Invoke(delivery);
            waiters.ForEach(waiter => waiter.TrySetResult());
            waiters.Clear();
        }
    }

    private async Task RepeatAsync(Post post, int attempt, TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, clock, stopping.Token);
            await TryAsync(post, attempt);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task<(int? Status, string Answer)> PostAsync(Post post)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping.Token);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(post.Body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        try
        {
            using var answer = await http.PostAsync(new Uri(post.Destination), content, either.Token);
            var text = await answer.Content.ReadAsStringAsync(either.Token);
            return ((int)answer.StatusCode, text.Length <= 500 ? text : text[..500]);
        }
        catch (HttpRequestException failure)
        {
            return (null, failure.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (null, "no answer within the time limit");
        }
    }

    private async Task When(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource signal;
            lock (gate)
            {
                if (holds())
                    return;
                signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiters.Add(signal);
            }
            await signal.Task.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Task[] running;
        lock (gate)
            running = [.. workers];
        await Task.WhenAll(running);
        http.Dispose();
        stopping.Dispose();
    }
}
