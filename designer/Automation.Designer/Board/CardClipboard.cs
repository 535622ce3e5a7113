namespace Automation.Designer.Board;

/// <summary>What was copied or cut on a board, for every board that is opened in the same tab.</summary>
public sealed class CardClipboard
{
    public CopiedCards? Cards { get; set; }
}
