using Automation.Engine.Ports;

namespace Automation.Designer.Tests.Conditions;

internal static class Samples
{
    public static CrmDirectory Directory { get; } = new(
        "1", "Shop", "Europe/Moscow", [new("10", "Продажи", true, [new("10", "20", "Новая", null, 1, "ordinary"), new("10", "142", "Успех", null, 2, "won")])],
        [
            new("deal", "7", "Источник", "select", null, new Dictionary<string, string> { ["1"] = "Сайт", ["2"] = "Звонок" }), new("deal", "8", "Дата визита", "date", null, new Dictionary<string, string>()),
            new("deal", "9", "Согласие", "checkbox", null, new Dictionary<string, string>()), new("contact", "11", "Город", "text", null, new Dictionary<string, string>()),
        ],
        [new("5", "Анна", null, true), new("6", "Ушедший", null, false)], ["VIP", "опт"]);
}
