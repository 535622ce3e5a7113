using System.Net;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Tests;

/// <summary>Connections and hooks as tests need them.</summary>
internal static class Hooks
{
    public static readonly DateTimeOffset Now = new(2026, 7, 29, 8, 0, 0, TimeSpan.Zero);

    public static Connection Connection(string kind, Uri? baseUrl = null, string? remoteAccount = null, JObject? settings = null) => new(
        new(Guid.Parse("019a0000-0000-7000-8000-000000000002")), new(Guid.Parse("019a0000-0000-7000-8000-000000000001")), kind, kind,
        baseUrl, remoteAccount, baseUrl is null ? [] : [baseUrl.Authority], settings ?? []);

    public static HookRequest Request(Connection connection, ReadOnlyMemory<byte> body, string? contentType = "application/x-www-form-urlencoded") =>
        new(connection, "POST", contentType, body, new Dictionary<string, string>(), new Dictionary<string, string>(), Now, []);

    public static string[] Sample(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Samples", "amocrm", name + ".txt"));

    public static IEnumerable<string> SampleNames =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Samples", "amocrm"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>Lines of <c>key=value</c> as they go over the wire.</summary>
    public static byte[] Encode(IEnumerable<string> lines) => Encoding.ASCII.GetBytes(string.Join('&', lines.Select(line =>
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        return $"{WebUtility.UrlEncode(line[..equals])}={WebUtility.UrlEncode(line[(equals + 1)..])}";
    })));
}
