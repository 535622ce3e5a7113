using System.Net;

namespace Automation.Connectors.Http;

/// <summary>A body that remembers whether it began to leave: before that moment nothing can have been done on the other side.</summary>
internal sealed class TrackedContent(ReadOnlyMemory<byte> body) : HttpContent
{
    private int started;

    public bool Started => Volatile.Read(ref started) == 1;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Volatile.Write(ref started, 1);
        await stream.WriteAsync(body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
