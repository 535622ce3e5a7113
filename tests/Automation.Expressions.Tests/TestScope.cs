using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Expressions.Tests;

/// <summary>A scope over one JSON object; counts how often each root is read.</summary>
internal sealed class TestScope : IExpressionScope
{
    private readonly JObject _roots;

    public TestScope(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
        _roots = JObject.Load(reader);
    }

    public static TestScope Deal() => new("""
        {
          "deal": { "id": 7, "name": "Заказ", "price": 12500.5, "priority": null, "created": "2026-11-20T09:30:00+03:00", "due": "2026-11-25",
                    "closed": false, "tags": ["vip", { "name": "Опт" }], "cf": { "991201": "1500", "991202": "скоро", "Город": "Казань" },
                    "$names": { "Бюджет": "price", "Сумма руб.": "cf.991201" }, "items": [ { "sum": 10 }, { "sum": "2.5" }, { } ], "empty": [] },
          "contact": null,
          "event": { "kind": "updated", "changes": { "price": { "old": 100, "new": 12500.5 }, "deal.name": { "old": "Заказ", "new": "Заказ" } } },
          "limit": 10,
          "variables": { "total": 5, "name": "n", "list": [1, 2] },
          "input": { "x": 42 },
          "outputs": { "Fetch1": { "Result": { "ok": true } }, "Split": { "A": 1, "B": 2 } },
          "lastResult": "last",
          "workflow": { "instanceId": "run-1", "instanceName": "Order", "correlationId": "c-1", "definitionId": "d", "definitionVersion": 3 }
        }
        """);

    public Dictionary<string, int> Reads { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Roots => [.. _roots.Properties().Select(p => p.Name)];

    public DateTimeOffset Now { get; init; } = new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);

    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow");

    public string Language { get; init; } = "ru";

    public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken)
    {
        Reads[root] = Reads.GetValueOrDefault(root) + 1;
        return ValueTask.FromResult(_roots[root]!);
    }
}
