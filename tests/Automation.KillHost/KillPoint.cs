namespace Automation.KillHost;

/// <summary>Where a process can be told to die.</summary>
public enum KillPoint
{
    /// <summary>Hooks are taken and checked, not stored.</summary>
    BeforeAccept,

    /// <summary>Hooks are stored, not acknowledged.</summary>
    AfterAccept,

    /// <summary>A mailbox has been read, nothing begun.</summary>
    AfterLoad,

    /// <summary>A step is decided, not written.</summary>
    BeforeCommit,

    /// <summary>Steps of several mailboxes are gathered, not written.</summary>
    BeforeWrite,

    /// <summary>Steps of several mailboxes stand, and none of them knows it.</summary>
    AfterWrite,

    /// <summary>A step stands and its mailbox knows it; nothing has left yet.</summary>
    AfterCommit,

    /// <summary>The outside has answered, the answer is not written.</summary>
    AfterSend,

    /// <summary>Due timers are read, not fired.</summary>
    AfterTimers,
}
