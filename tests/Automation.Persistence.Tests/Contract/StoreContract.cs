using Automation.Engine.Persistence.Steps;

namespace Automation.Persistence.Tests.Contract;

/// <summary>What both stores do alike; each test gets an empty database.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private TestStore? opened;

    protected TestStore Store => opened!;
    protected Deals Deals { get; } = new();
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => opened = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (opened is not null) await opened.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestStore> OpenAsync();

    protected async Task<AcceptResult> AcceptAsync(AcceptItem item) => (await Store.Engine.AcceptAsync([item], Cancellation))[0];

    protected async Task<AcceptedEvent> AcceptAsync(NewEvent e) => (await AcceptAsync(Deals.Item(e))).Events[0];

    protected async Task<bool> CommitAsync(StepCommit step) => (await Store.Engine.CommitAsync([step], Cancellation))[0];
}
