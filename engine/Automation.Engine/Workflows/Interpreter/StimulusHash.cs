using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Elsa's bookmark hash, by which a stimulus finds what waits for it.</summary>
public static class StimulusHash
{
    /// <param name="name">The bookmark's name; the activity's type name unless it set another.</param>
    /// <param name="payload">JSON null and members that are null do not count.</param>
    /// <param name="executionId">Run id (N format) and execution id joined by '-'; null for shared stimuli such as events.</param>
    /// <returns>SHA-256 in upper-case hex of the parts that are not empty, joined by '|'.</returns>
    public static string Of(string name, JToken? payload, string? executionId = null)
    {
        var text = payload is null || payload.Type == JTokenType.Null ? "" : WithoutNulls(payload).ToString(Formatting.None);
        var parts = new[] { name, text, executionId ?? "" }.Where(part => part.Length > 0);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', parts))));
    }

    private static JToken WithoutNulls(JToken token)
    {
        if (token is not JContainer) return token;
        var copy = (JContainer)token.DeepClone();
        foreach (var property in copy.DescendantsAndSelf().OfType<JProperty>().Where(p => p.Value.Type == JTokenType.Null).ToList()) property.Remove();
        return copy;
    }
}

/// <summary>The idempotency key of an effect (R6).</summary>
public static class EffectKey
{
    /// <param name="call">1 for the first effect of the execution.</param>
    /// <param name="revision">Raised by a person's edit only.</param>
    /// <returns>SHA-256 in lower-case hex.</returns>
    public static string Of(AccountId account, Guid run, string nodeId, string executionId, int call, int revision = 0) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Value}|{run}|{nodeId}-{executionId}|{call}|{revision}")));
}
