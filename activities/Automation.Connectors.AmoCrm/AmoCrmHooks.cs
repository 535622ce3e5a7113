using System.Security.Cryptography;
using System.Text;
using Automation.Connectors.AmoCrm.Api;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm;

/// <summary>Webhooks of an account. Of our address only a hash is kept: ours are told by the last part of where they lead.</summary>
/// <param name="open">An API for one look and what follows from it.</param>
internal sealed class AmoCrmHooks(Func<CancellationToken, ValueTask<AmoApi>> open) : IHookRegistrations
{
    public async Task<RegisteredHooks> FindAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken)
    {
        var api = await open(cancellationToken);
        var hooks = await api.GetAsync("webhooks", cancellationToken);
        var ours = ApiEntities.Items(hooks?["_embedded"]?["webhooks"]).Select(hook => ApiEntities.Text(hook["destination"])).OfType<string>().Where(address => LeadsTo(address, tokenHash.Span)).Distinct(StringComparer.Ordinal).ToList();
        return new(ours.Count, async token =>
        {
            var ended = true;
            foreach (var address in ours)
                ended &= (await api.ChangeAsync(HttpMethod.Delete, "webhooks", new JObject { ["destination"] = address }, token)) is { Failure: null } or { Status: 404 };
            return ended;
        });
    }

    private static bool LeadsTo(string address, ReadOnlySpan<byte> tokenHash) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && SHA256.HashData(Encoding.UTF8.GetBytes(uri.Segments[^1])).AsSpan().SequenceEqual(tokenHash);
}
