using Automation.Engine.Ports;

namespace Automation.Designer.Settings;

/// <summary>A message template while it is edited.</summary>
public sealed class MessageEdit
{
    public bool IsNew { get; init; }

    public required string Name { get; set; }

    public string Title { get; set; } = "";

    public string Text { get; set; } = "";

    public string Subject { get; set; } = "";

    public MessageMark Mark { get; set; }

    public static MessageEdit Of(MessageTemplate template) => new() { Name = template.Name, Title = template.Title, Text = template.Text, Subject = template.Subject ?? "", Mark = template.Mark };
}
