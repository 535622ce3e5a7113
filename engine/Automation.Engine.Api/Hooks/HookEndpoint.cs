using System.Diagnostics;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Events;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Telemetry;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Api.Hooks;

/// <summary>Takes hooks: bounded, proved, stored, and only then answered (R1, R13, S1, S2).</summary>
internal sealed class HookEndpoint(
    HookDirectory directory, InboxService inbox, HintQueue hints, RateGate rates, WaitingGauge waiting, RuntimeGate gate, IIdSource ids, TimeProvider clock,
    IOptions<HookOptions> options, ILogger<HookEndpoint> logger)
{
    private const int KeptOfTooLarge = 64 * 1024;
    private static readonly Problem Unstorable = new(503, "storage_unavailable", "The event could not be stored. Send it again.") { RetryAfter = 1 };

    public async Task HandleAsync(HttpContext context)
    {
        if (!gate.IsOpen)
        {
            await ProblemWriter.WriteAsync(context, Unstorable);
            return;
        }

        var began = Stopwatch.GetTimestamp();
        if (await FindAsync(context) is not { } target) return;
        await TakeAsync(context, target);
        EngineMeters.Hook(target.Source.Source, context.Response.StatusCode, began);
    }

    private async Task<HookTarget?> FindAsync(HttpContext context)
    {
        var route = context.Request.RouteValues;
        try
        {
            var found = await directory.FindAsync((string)route["source"]!, (string)route["token"]!, context.RequestAborted);
            if (found is null) await ProblemWriter.WriteAsync(context, Problem.NotFound());
            return found;
        }
        catch (Exception e) when (IsStorage(e))
        {
            logger.HookNotStored(Guid.Empty, e);
            await ProblemWriter.WriteAsync(context, Unstorable);
            return null;
        }
    }

    private async Task TakeAsync(HttpContext context, HookTarget target)
    {
        var full = waiting.IsFull;
        var wait = full ? 5 : await rates.TakeAsync(target.Connection.Account, target.EventsPerSecond);
        if (wait > 0)
        {
            var title = full ? "Too many events wait here. Send it again later." : "The account sends events faster than it may.";
            await ProblemWriter.WriteAsync(context, new(target.Source.AlwaysAccepts ? 503 : 429, "rate_limited", title) { RetryAfter = wait });
            return;
        }

        if (await ReadAsync(context, target) is not { } body) return;
        if (body.TooLarge)
        {
            await RefuseAsync(context, target, new(413, "payload_invalid", $"The body is larger than {target.Source.MaxBodyBytes / 1024} KiB.", null), body.Bytes.Length > KeptOfTooLarge ? body.Bytes[..KeptOfTooLarge] : body.Bytes);
            return;
        }

        switch (Understand(context, target, body.Bytes))
        {
            case HookReading.Events told when told.Items.Count > 0 && told.Items.All(item => item.Kind == EventKinds.Hint):
                hints.Add(target.Connection, told.Items);
                await HookAnswer.WriteAsync(context, []);
                break;
            case HookReading.Events told:
                rates.Owe(target.Connection.Account, told.Items.Count - 1);
                await AcceptAsync(context, target, body.Bytes, told.Items);
                break;
            case HookReading.Denied denied:
                await ProblemWriter.WriteAsync(context, new(401, denied.Code, denied.Message));
                break;
            case HookReading.Invalid invalid:
                await RefuseAsync(context, target, invalid, body.Bytes);
                break;
        }
    }

    /// <returns>Null when it came too slowly; the answer is given.</returns>
    private async ValueTask<HookBody?> ReadAsync(HttpContext context, HookTarget target)
    {
        using var slow = new CancellationTokenSource(options.Value.ReadTimeout, clock);
        if (await HookBodyReader.ReadAsync(context, target.Source.MaxBodyBytes, slow.Token) is { } body) return body;
        context.Response.Headers.Connection = "close";
        await ProblemWriter.WriteAsync(context, ProblemWriter.OfStatus(408));
        return null;
    }

    private HookReading Understand(HttpContext context, HookTarget target, byte[] body)
    {
        var request = context.Request;
        try
        {
            return target.Source.Read(new(
                target.Connection, request.Method, request.ContentType, body, TextView.Of(request.Headers), TextView.Of(request.Query), clock.GetUtcNow(), target.Secrets));
        }
#pragma warning disable CA1031 // A reader that fails is a bug; the sender's bytes are kept all the same.
        catch (Exception e) when (target.Source.AlwaysAccepts)
#pragma warning restore CA1031
        {
            logger.HookReaderFailed(target.Source.Source, target.Connection.Id.Value, e);
            return new HookReading.Invalid(400, "payload_invalid", "The body could not be read.", null);
        }
    }

    private async Task AcceptAsync(HttpContext context, HookTarget target, byte[] body, IReadOnlyList<CrmEvent> events)
    {
        AcceptResult? stored;
        try
        {
            stored = await StoreAsync(target, RowOf(context, target, body), events);
        }
        catch (RowRefusedException)
        {
            await RefuseAsync(context, target, new(400, "payload_invalid", "The database refuses a value of the body.", null), body);
            return;
        }

        if (stored is null)
        {
            await ProblemWriter.WriteAsync(context, Unstorable);
            return;
        }

        waiting.Accepted(events.Count);
        if (stored.Events.Any(accepted => accepted.IdReused)) await ProblemWriter.WriteAsync(context, new(409, "id_reused", "This delivery id was used before with another body."));
        else await HookAnswer.WriteAsync(context, stored.Events);
    }

    /// <summary>A CRM switches a hook off after bad answers: its body is kept as a dead letter. Others are told what is wrong.</summary>
    private async Task RefuseAsync(HttpContext context, HookTarget target, HookReading.Invalid invalid, byte[] body)
    {
        if (!target.Source.AlwaysAccepts)
        {
            await ProblemWriter.WriteAsync(context, new(invalid.Status, invalid.Code, invalid.Message) { Errors = invalid.Path is null ? [] : [new(invalid.Path, invalid.Code, invalid.Message)] });
            return;
        }

        var row = RowOf(context, target, body);
        (row.ErrorCode, row.ErrorMessage) = (invalid.Code, invalid.Path is null ? invalid.Message : $"{invalid.Path}: {invalid.Message}");
        if (await StoreAsync(target, row, []) is null) await ProblemWriter.WriteAsync(context, Unstorable);
        else await HookAnswer.WriteDeadAsync(context, row.Id);
    }

    /// <returns>Null when it is not stored in time. What was on its way may still be: the sender's copy is then known by its key.</returns>
    private async Task<AcceptResult?> StoreAsync(HookTarget target, HookRow row, IReadOnlyList<CrmEvent> events)
    {
        using var late = new CancellationTokenSource(options.Value.StoreTimeout, clock);
        try
        {
            return await inbox.AcceptAsync(target.Connection.Account, target.Connection.Id, row, events, late.Token).WaitAsync(late.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || IsStorage(e))
        {
            logger.HookNotStored(target.Connection.Id.Value, e);
            return null;
        }
    }

    private HookRow RowOf(HttpContext context, HookTarget target, byte[] body) => new()
    {
        Id = ids.NewId(),
        AccountId = target.Connection.Account.Value,
        ConnectionId = target.Connection.Id.Value,
        ReceivedAt = clock.GetUtcNow(),
        ContentType = context.Request.ContentType,
        Body = body.Length == 0 && context.Request.QueryString.HasValue ? Encoding.UTF8.GetBytes(context.Request.QueryString.Value!) : body,
    };

    // One that is being stopped has let its store go.
    private static bool IsStorage(Exception e) => e is ObjectDisposedException || StoreFault.Is(e);
}
