using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>An open run in a mailbox's memory. One that rests is held as its row's text, which takes less than the read state.</summary>
public sealed record OpenRun
{
    private RunState? state;
    private RunMeta? meta;

    public OpenRun(RunRow row, RunState state, RunMeta meta) => (Row, this.state, this.meta) = (row, state, meta);

    public RunRow Row { get; }

    public RunState State
    {
        get => state ??= RunJson.ReadState(Row.State);
        init => state = value;
    }

    public RunMeta Meta
    {
        get => meta ??= RunJson.ReadMeta(Row.Meta);
        init => meta = value;
    }

    /// <summary>Lets go of what is read; only where the row's text is what was last committed.</summary>
    public void Rest() => (state, meta) = (null, null);
}
