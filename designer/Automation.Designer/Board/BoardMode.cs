namespace Automation.Designer.Board;

/// <summary>What the board is used for at the moment.</summary>
public enum BoardMode
{
    /// <summary>The draft, with the counters of what is published.</summary>
    Edit,

    /// <summary>What is published, as it runs.</summary>
    Live,

    /// <summary>What a trial of the draft showed.</summary>
    Trial,
}
