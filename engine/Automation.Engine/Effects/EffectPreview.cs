using Newtonsoft.Json.Linq;

namespace Automation.Engine.Effects;

/// <summary>Stands in a trial where a handler sends: says what an effect of one kind would have been answered. It calls nobody and changes nothing.</summary>
public interface IEffectPreview
{
    /// <summary>As <see cref="IEffectHandler.Kind"/>.</summary>
    string Kind { get; }

    EffectPreview Of(JObject request);
}

/// <summary>An effect that was not sent.</summary>
/// <param name="Act">What it would have been, one of <see cref="TrialActs"/>.</param>
/// <param name="Value">What the activity takes for the answer.</param>
/// <param name="Shown">The request as a person may see it: no secrets, phones and addresses masked.</param>
public sealed record EffectPreview(string Act, JToken Value, JObject Shown);

/// <summary>What an effect would have been, as it is counted in a trial.</summary>
public static class TrialActs
{
    public const string Sms = "sms";
    public const string Email = "email";
    public const string Http = "http";
    public const string Deal = "deal";
    public const string Change = "change";
    public const string Note = "note";
    public const string Task = "task";
    public const string TaskChange = "task_change";
    public const string Files = "files";
    public const string Contact = "contact";
    public const string Booking = "booking";
    public const string Workflow = "workflow";
    public const string Event = "event";
    public const string Other = "other";
}
