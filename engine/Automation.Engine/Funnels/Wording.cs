namespace Automation.Engine.Funnels;

/// <summary>A text for people, in both languages.</summary>
public sealed record Wording(string Ru, string En)
{
    public string In(bool english) => english ? En : Ru;
}
