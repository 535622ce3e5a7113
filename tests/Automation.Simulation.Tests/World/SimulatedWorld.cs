using System.Globalization;
using Automation.Engine.Accounts;

namespace Automation.Simulation.Tests.World;

/// <summary>
/// Time, chance and order of one history, all from its seed. One thread; work that is ready is picked by chance, and time goes on when
/// none is.
/// </summary>
public sealed class SimulatedWorld(int seed, bool told) : IIdSource
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<Action, (long At, long Place)> agenda = new();
    private readonly List<(NodeScheduler Node, Task Task)> ready = [];
    private readonly List<string> lines = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private TimeSpan jumped;
    private long places;
    private long ids;

    public int Seed => seed;

    public Random Chance { get; } = new(seed);

    /// <summary>Time since the history began; never jumps.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>What the clock shows.</summary>
    public DateTimeOffset Shown => Start + Elapsed + jumped;

    /// <summary>The latest that it ever showed: before it, nothing due later may have fired.</summary>
    public DateTimeOffset Latest { get; private set; } = Start;

    /// <summary>Everything that happened, in one number.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public IReadOnlyList<string> Lines => lines;

    public bool Happens(double probability) => Chance.NextDouble() < probability;

    public TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromMilliseconds(Math.Round((fromSeconds + Chance.NextDouble() * (toSeconds - fromSeconds)) * 1000));

    public void After(TimeSpan wait, Action work) => agenda.Enqueue(work, ((Elapsed + (wait > TimeSpan.Zero ? wait : TimeSpan.Zero)).Ticks, places++));

    /// <summary>Where work of the history came from another thread: its order is then not the seed's any more.</summary>
    public string? Escaped { get; private set; }

    public void Ready(NodeScheduler node, Task task)
    {
        if (Environment.CurrentManagedThreadId == thread) ready.Add((node, task));
        else Escaped ??= Environment.StackTrace;
    }

    public void Jump(TimeSpan by)
    {
        jumped += by;
        Look();
    }

    /// <summary>Runs until the condition holds or nothing is left to do.</summary>
    /// <param name="isOver">Looked at whenever time goes on.</param>
    public void Run(Func<bool> isOver)
    {
        while (true)
        {
            while (ready.Count > 0) RunOne();
            if (isOver() || !agenda.TryDequeue(out var work, out var when)) return;
            Elapsed = new TimeSpan(when.At);
            Look();
            work();
        }
    }

    /// <summary>Goes into the fingerprint, and into the trace when one is asked for.</summary>
    public void Tell(string who, string what)
    {
        foreach (var letter in who) Mix(letter);
        foreach (var letter in what) Mix(letter);
        Mix((ulong)Elapsed.Ticks);
        if (told) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,9:0.000} {who,-6} {what}"));
    }

    /// <summary>Ids of version 7, drawn.</summary>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Chance.NextBytes(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, (Start.ToUnixTimeMilliseconds() + Elapsed.Ticks / TimeSpan.TicksPerMillisecond) << 16 | 0x7000 | (++ids & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private void RunOne()
    {
        var place = ready.Count == 1 ? 0 : Chance.Next(ready.Count);
        var (node, task) = ready[place];
        ready[place] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        Mix((ulong)place);
        node.Run(task);
    }

    private void Look() => Latest = Shown > Latest ? Shown : Latest;

    private void Mix(ulong value) => Fingerprint = (Fingerprint ^ value) * 1099511628211;
}
