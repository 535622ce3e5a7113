namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Kinds of events that the engine makes for itself.</summary>
public static class InternalEvents
{
    /// <summary>A published event that hits a bookmark of a run in this mailbox.</summary>
    public const string Stimulus = "stimulus";
}
