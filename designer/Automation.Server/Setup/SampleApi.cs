using Automation.Engine.Api;
using Automation.Engine.Api.Json;
using Automation.Server.CommandLine;

namespace Automation.Server.Setup;

/// <param name="Available">The sandbox is there to be started.</param>
/// <param name="Url">Page of the running sandbox: its deals are dragged there.</param>
public sealed record SampleView(bool Available, bool Running, Uri? Url);

/// <summary>The sample funnel with sample deals, for who has no CRM at hand: the sandbox, started when asked for.</summary>
public sealed class SampleSandbox(ServeOptions options, SandboxSetup setup) : IDisposable
{
    private readonly SemaphoreSlim starting = new(1, 1);
    private SandboxProcess? process;

    private bool IsRunning => options.Sandbox || process is not null;

    public SampleView View => new(IsRunning || SandboxProcess.IsBuilt, IsRunning, IsRunning ? new(new(options.SandboxUrl), "/sandbox") : null);

    /// <summary>Starts the sandbox and connects it, unless it runs.</summary>
    /// <exception cref="InvalidOperationException">It is not built, or ends at once.</exception>
    public async Task<SampleView> StartAsync(Engine.Accounts.AccountId account, CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (IsRunning) return View;
            var started = SandboxProcess.Start(new(options.SandboxUrl));
            try
            {
                await started.WaitAsync(cancellationToken);
                await setup.RunAsync(account, new(options.SandboxUrl), new(options.HookUrl), cancellationToken);
            }
            catch
            {
                started.Dispose();
                throw;
            }

            process = started;
            return View;
        }
        finally
        {
            starting.Release();
        }
    }

    public void Dispose()
    {
        process?.Dispose();
        starting.Dispose();
    }
}

/// <summary><c>/api/sample</c>.</summary>
public static class SampleApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/sample", (SampleSandbox sample) => Answer(sample.View)).WithSummary("Whether the sample CRM with sample deals is there, and where").WithTags("Tools").Produces<SampleView>();
        app.MapPost("/api/sample", StartAsync).Needs(Permissions.Manage).WithSummary("Starts the sample CRM, connects it and publishes the sample funnel").WithTags("Tools").Produces<SampleView>().ProducesProblem(409);
    }

    private static async Task<IResult> StartAsync(HttpContext context, SampleSandbox sample)
    {
        try
        {
            return Answer(await sample.StartAsync(context.Account(), context.RequestAborted));
        }
        catch (InvalidOperationException e)
        {
            throw ApiProblem.Conflict("sample_unavailable", $"The sample CRM cannot be started here: {e.Message}");
        }
    }

    private static IResult Answer(SampleView view) => Results.Content(ApiJson.Write(view), "application/json; charset=utf-8");
}
