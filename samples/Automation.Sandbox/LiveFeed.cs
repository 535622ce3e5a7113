using System.Threading.Channels;
using Automation.Simulators;

namespace Automation.Sandbox;

/// <summary>Tells every open page that something changed. Many changes while a page is busy become one.</summary>
public sealed class LiveFeed
{
    private readonly Lock gate = new();
    private readonly List<Channel<bool>> pages = [];

    public LiveFeed(params ISimulator[] simulators)
    {
        foreach (var simulator in simulators)
            simulator.Changed += (_, _) => Tell();
    }

    public Channel<bool> Open()
    {
        var page = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        lock (gate)
            pages.Add(page);
        return page;
    }

    public void Close(Channel<bool> page)
    {
        lock (gate)
            pages.Remove(page);
    }

    public void Tell()
    {
        lock (gate)
            pages.ForEach(page => page.Writer.TryWrite(true));
    }
}
