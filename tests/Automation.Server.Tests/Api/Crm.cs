using Automation.Engine.Ports;

namespace Automation.Server.Tests.Api;

/// <summary>A small CRM directory and a funnel on it.</summary>
internal static class Crm
{
    public const string Slug = "sales";

    public static CrmDirectory Directory { get; } = new(
        "31700500", "Demo", "Europe/Moscow",
        [new("8240017", "Продажи", true, [new("8240017", "68120450", "Новая", null, 1, "ordinary"), new("8240017", "68120454", "Квалификация", null, 2, "ordinary"), new("8240017", "142", "Успех", null, 3, "won")])],
        [new("deal", "991201", "Город", "text", null, new Dictionary<string, string>())], [new("9050111", "Анна", null, true)], []);

    /// <summary>Two triggers on "created": a big deal is finished at once, a small one is not; a manual one waits.</summary>
    public static string Funnel(string connection, string slug = Slug) => $$"""
        {"format":"automation.funnel/1","slug":"{{slug}}","name":"Продажи","connection":"{{connection}}",
         "stages":[{"ref":"8240017/68120450","name":"Новая"},{"ref":"8240017/68120454","name":"Квалификация"}],
         "triggers":[
          {"id":"big","name":"Крупная сделка","when":{"event":"created_in_stage","stages":["8240017/68120450"]},"if":{"language":"NCalc","text":"[deal.price] >= 30000"},"then":{{Then}} },
          {"id":"small","name":"Мелкая сделка","when":{"event":"created_in_stage","stages":["8240017/68120450"]},"if":{"language":"NCalc","text":"[deal.price] < 1000"},"then":{{Then}} },
          {"id":"moved","name":"Переход","when":{"event":"entered_stage","stages":["8240017/68120454"]},"then":{{Waiting}} },
          {"id":"hand","name":"Вручную","when":{"event":"manual"},"reentry":"every_time","then":{{Then}} }]}
        """;

    private const string Then = """{"name":"t","variables":[],"root":{"id":"flow","type":"Elsa.Sequence","version":1,"activities":[{"id":"e","type":"Elsa.Finish","version":1}]}}""";

    private const string Waiting = """{"name":"w","variables":[],"root":{"id":"flow","type":"Elsa.Sequence","version":1,"activities":[{"id":"d","type":"Elsa.Delay","version":1,"timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"01:00:00"}}}]}}""";
}
