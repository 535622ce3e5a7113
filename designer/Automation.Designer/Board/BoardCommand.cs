namespace Automation.Designer.Board;

/// <summary>Something that a part of the screen asks the page to do.</summary>
/// <param name="Card">The card that it is about; null for the funnel.</param>
public sealed record BoardCommand(string Name, string? Card = null);

public static class BoardCommands
{
    public const string Try = "try";
    public const string BackTest = "back-test";
    public const string Templates = "templates";
    public const string History = "history";
    public const string Changes = "changes";
    public const string Explain = "explain";
    public const string Export = "export";
    public const string Import = "import";
    public const string Remove = "remove";
    public const string Switch = "switch";
    public const string Copy = "copy";
    public const string CopyTo = "copy-to";
    public const string Why = "why";
    public const string Keys = "keys";
    public const string Diagram = "diagram";
}
