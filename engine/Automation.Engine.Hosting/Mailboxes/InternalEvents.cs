namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Kinds of events that the engine makes for itself.</summary>
public static class InternalEvents
{
    /// <summary>A published event that hits a bookmark of a run in this mailbox.</summary>
    public const string Stimulus = "stimulus";

    /// <summary>A funnel was published: the deal looks at the date that a trigger of it follows.</summary>
    public const string Arm = "arm";

    /// <summary>A person lets a trigger go on that the loop guard has stopped for this mailbox.</summary>
    public const string Lift = "lift";

    /// <summary>A person lets a deal go on that stands still because something of it was given up.</summary>
    public const string Unblock = "unblock";

    /// <summary>A workflow is started by its name, for no deal.</summary>
    public const string Start = "start";

    /// <summary>A run is cancelled, because the one that waits for it was.</summary>
    public const string Cancel = "cancel";

    /// <summary>A funnel was published, and its waiting runs were to go on by the new version.</summary>
    public const string Migrate = "migrate";

    /// <summary>A person redrives a dead event, run or effect of this mailbox.</summary>
    public const string Redrive = "redrive";

    /// <summary>A person lets a waiting run of this mailbox go on now.</summary>
    public const string Hurry = "hurry";

    /// <summary>A person says that a dead event, run or effect of this mailbox is settled as it is.</summary>
    public const string Skip = "skip";
}
