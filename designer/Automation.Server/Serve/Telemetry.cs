using Automation.Engine.Hosting.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Automation.Server.Serve;

/// <summary>
/// Sends metrics, traces and logs by OTLP, as the standard variables <c>OTEL_…</c> say; without an address nothing is collected. Of HTTP
/// only metrics are taken: a hook's path holds its token, and so may an address that is called.
/// </summary>
internal static class Telemetry
{
    private const string Address = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly string[] Meters =
        [EngineMeters.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Npgsql"];

    public static void Add(WebApplicationBuilder builder, string instance)
    {
        if (builder.Configuration[Address] is not { Length: > 0 }) return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("automation", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3), serviceInstanceId: instance))
            .WithMetrics(metrics => metrics.AddMeter(Meters).SetExemplarFilter(ExemplarFilterType.TraceBased))
            .WithTracing(traces => traces.AddSource(EngineMeters.Name))
            .WithLogging(null, logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();
    }
}
