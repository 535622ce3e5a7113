using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>
/// An open run in a mailbox's memory. It is read when it is needed: until then, and when its mailbox rests, it is held as its row's
/// text, which takes less.
/// </summary>
public sealed record OpenRun
{
    private RunState? state;
    private RunMeta? meta;

    public OpenRun(RunRow row) => Row = row;

    public OpenRun(RunRow row, RunState state, RunMeta meta) => (Row, this.state, this.meta) = (row, state, meta);

    public RunRow Row { get; }

    /// <exception cref="UnreadableRunException">The row's text is damaged.</exception>
    public RunState State
    {
        get => state ??= Read(RunJson.ReadState, Row.State);
        init => state = value;
    }

    /// <exception cref="UnreadableRunException">The row's text is damaged.</exception>
    public RunMeta Meta
    {
        get => meta ??= Read(RunJson.ReadMeta, Row.Meta);
        init => meta = value;
    }

    /// <summary>Lets go of what is read; only where the row's text is what was last committed.</summary>
    public void Rest() => (state, meta) = (null, null);

    private T Read<T>(Func<string, T> read, string text)
    {
        try
        {
            return read(text);
        }
        catch (Exception damage) when (damage is JsonException or ArgumentException or InvalidCastException or FormatException)
        {
            throw new UnreadableRunException(Row.Id, damage);
        }
    }
}

/// <summary>A run whose row cannot be read (R11): its mailbox looks through all of its runs, and sets aside what is damaged.</summary>
public sealed class UnreadableRunException(Guid run, Exception damage) : Exception($"The row of run {run} cannot be read.", damage);
