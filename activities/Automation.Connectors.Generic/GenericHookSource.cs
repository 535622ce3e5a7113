using System.Globalization;
using System.Security.Cryptography;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Generic;

/// <summary>
/// Signed JSON from anywhere (Standard Webhooks). A body may name <c>entity_type</c> and <c>entity_id</c>: then the event joins
/// that entity's mailbox, otherwise it has a mailbox of its own.
/// </summary>
public sealed class GenericHookSource : IHookSource
{
    public string Source => "generic";

    public bool AlwaysAccepts => false;

    public int MaxBodyBytes => 1024 * 1024;

    private static readonly HashSet<string> Named =
        [EntityTypes.Deal, EntityTypes.Contact, EntityTypes.Company, EntityTypes.Task, EntityTypes.Booking, EntityTypes.Customer, EntityTypes.Webhook];

    public HookReading Read(HookRequest request)
    {
        if (request.Body.Length > MaxBodyBytes) return new HookReading.Invalid(413, "payload_invalid", "The body is larger than 1 MiB.", null);
        var (id, at, refusal) = StandardWebhooks.Check(request);
        if (refusal is not null) return refusal;
        if (!IsJson(request.ContentType)) return new HookReading.Invalid(415, "payload_invalid", "The content type must be application/json.", null);
        try
        {
            var (document, sanitized) = StrictJson.Read(request.Body.Span);
            var (type, entity) = EntityOf(document);
            return new HookReading.Events(
            [
                new CrmEvent
                {
                    Kind = EventKinds.Webhook, EntityType = entity is null ? EntityTypes.Webhook : type, EntityId = entity ?? id, Data = document, Complete = true,
                    SourceTime = at, DedupKey = id, BodyHash = Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)), Sanitized = sanitized,
                },
            ]);
        }
        catch (StrictJsonException failure)
        {
            return new HookReading.Invalid(400, "payload_invalid", failure.Message, failure.Path);
        }
    }

    private static bool IsJson(string? contentType)
    {
        var type = contentType?.Split(';', 2)[0].Trim();
        return string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase) || type?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) == true;
    }

    private static (string Type, string? Id) EntityOf(JObject document)
    {
        var type = document["entity_type"] is JValue { Value: string named } ? named : null;
        if (type is null || document["entity_id"] is not JValue { Value: string or long or System.Numerics.BigInteger } id) return (EntityTypes.Webhook, null);
        var text = Convert.ToString(id.Value, CultureInfo.InvariantCulture)!;
        if (!Named.Contains(type)) throw new StrictJsonException("entity_type must be one of deal, contact, company, task, booking, customer, webhook.", "entity_type");
        if (text.Length is 0 or > 200 || text.Contains('|', StringComparison.Ordinal)) throw new StrictJsonException("entity_id must be 1 to 200 characters without '|'.", "entity_id");
        return (type, text);
    }
}
