using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Npgsql;

namespace Automation.Benchmarks;

/// <summary>What an admin waits for: why(deal) and journal pages over a journal of 1,000,000 rows (10,000,000 with <c>--large</c>).</summary>
internal static class JournalBenchmark
{
    private const int Real = 2_000;
    private const int Asked = 60;

    public static async Task RunAsync(bool large)
    {
        var report = new Report("journal");
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            using var scene = await Scene.BuildAsync(onPostgres: true, SampleFunnels.WithCall);
            using (var server = await scene.StartAsync())
            {
                scene.Sink.Expect(Real);
                await new HttpLoad(server.Hooks).SendAsync(scene.Hooks(Real), 16);
                await scene.FinishedAsync(Real);
                await server.StopAsync();
            }

            var rows = await MultiplyAsync(scene.Database!, large ? 10_000_000 : 1_000_000);
            var key = await scene.AddKeyAsync(account: 0);
            using (var server = await scene.StartAsync())
            {
                using var client = new HttpClient { BaseAddress = new Uri(scene.Options.Url) };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                var why = await AskAsync(client, i => $"/api/why?deal={i % 10 * Scene.Accounts}");
                var page = await AskAsync(client, _ => "/api/journal?limit=50");
                var deal = await AskAsync(client, i => $"/api/journal?limit=50&deal={i % 10 * Scene.Accounts}");
                report.Row("why(deal)", ("p50_ms", why.At(0.5)), ("p99_ms", why.At(0.99)));
                report.Row("journal, newest page", ("p50_ms", page.At(0.5)), ("p99_ms", page.At(0.99)));
                report.Row("journal of a deal", ("p50_ms", deal.At(0.5)), ("p99_ms", deal.At(0.99)));
                report.Figure("why_p50_ms", why.At(0.5));
                report.Figure("why_p99_ms", why.At(0.99));
                report.Figure("page_p50_ms", page.At(0.5));
                report.Figure("page_p99_ms", page.At(0.99));
                report.Figure("deal_page_p99_ms", deal.At(0.99));
                await server.StopAsync();
            }

            report.Figure("rows", rows);
        }

        report.End();
    }

    private static async Task<double[]> AskAsync(HttpClient client, Func<int, string> address)
    {
        var times = new List<double>();
        for (var i = 0; i < Asked + 10; i++)
        {
            var watch = Stopwatch.StartNew();
            using var answer = await client.GetAsync(address(i));
            var body = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{address(i)}: {(int)answer.StatusCode} {body}");
            if (i >= 10) times.Add(watch.Elapsed.TotalMilliseconds); // the first ones meet a cold process
        }

        times.Sort();
        return [.. times];
    }

    /// <summary>The real rows again and again, older each time, under deals of their own, until there are as many as wanted. No statistics are taken: as a product in use has them or not.</summary>
    private static async Task<long> MultiplyAsync(string database, long wanted)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Command Timeout=1800");
        await using var count = source.CreateCommand("SELECT count(*) FROM journal");
        var real = (long)(await count.ExecuteScalarAsync())!;
        await using var columns = source.CreateCommand("SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'journal' AND table_schema = 'public' AND column_name NOT IN ('id', 'entity_id', 'run_id', 'event_id')");
        var others = (string)(await columns.ExecuteScalarAsync())!;
        // Ids keep their order: the first 48 bits of a UUID of version 7 are its time. Runs and events are the copy's own.
        await using var copy = source.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO journal (id, entity_id, run_id, event_id, {others})
            SELECT (lpad(to_hex(('x' || substr(replace(j.id::text, '-', ''), 1, 12))::bit(48)::bigint - n * 60000), 12, '0') || substr(replace(j.id::text, '-', ''), 13))::uuid,
                   j.entity_id || '-' || n, md5(j.run_id::text || n)::uuid, md5(j.event_id::text || n)::uuid, {others}
            FROM journal AS j, generate_series(1, {wanted / real}) AS n
            """));
        return real + await copy.ExecuteNonQueryAsync();
    }
}
