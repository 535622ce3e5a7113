using Automation.Engine.Events;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Accepted events on their way to their mailbox: as objects within a process, as JSON between two.</summary>
/// <param name="NewMailbox">True when one of them made the mailbox: there is nothing to load.</param>
public sealed record Delivery(IReadOnlyList<StoredEvent> Events, bool NewMailbox);

/// <summary><see cref="Delivery"/> as it travels.</summary>
[GenerateSerializer, Immutable]
public struct DeliveryText
{
    [Id(0)] public string Events { get; set; }
    [Id(1)] public bool NewMailbox { get; set; }
}

[RegisterConverter]
public sealed class DeliveryConverter : IConverter<Delivery, DeliveryText>
{
    public Delivery ConvertFromSurrogate(in DeliveryText surrogate) => new(JsonConvert.DeserializeObject<List<StoredEvent>>(surrogate.Events, RunJson.Settings)!, surrogate.NewMailbox);

    public DeliveryText ConvertToSurrogate(in Delivery value) => new() { Events = JsonConvert.SerializeObject(value.Events, RunJson.Settings), NewMailbox = value.NewMailbox };
}
