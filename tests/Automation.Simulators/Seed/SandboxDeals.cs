using System.Text;
using Automation.Simulators.AmoCrm;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Seed;

internal static class SandboxDeals
{
    public static void Fill(AmoCrmSimulator amo, Uri recordings)
    {
        amo.AddContact("Анна Смирнова", "+79161234501", "anna@client.example", id: SandboxIds.RichContact);
        amo.AddContact("Олег Егоров", "+79161234502", "oleg@client.example", id: 51800712);
        amo.AddContact("Дина Сафина", "+79161234503", id: 51800713);
        amo.AddContact("Никита Волков", "+79161234504", id: 51800714);
        amo.AddContact("Ольга Лебедева", "+79161234505", "olga@client.example", id: 51800715);
        amo.AddContact("Руслан Ахметов", "+79161234506", id: 51800716);
        amo.AddCompany("ООО «Ромашка»", id: SandboxIds.RichCompany);
        amo.Link(AmoKind.Contacts, SandboxIds.RichContact, AmoKind.Companies, SandboxIds.RichCompany);

        Rich(amo, recordings);
        Deal(amo, 40215801, "Заявка с сайта: аудит", SandboxIds.NewRequest, 45_000, SandboxIds.Maria, 51800712, "Казань", ["сайт"]);
        Deal(amo, 40215802, "Повторная поставка", SandboxIds.NewRequest, 128_000, SandboxIds.Pavel, 51800713, "Москва", ["повторный"]);
        Deal(amo, 40215803, "Лицензии на отдел", SandboxIds.Qualification, 96_000, SandboxIds.Elena, 51800714, "Санкт-Петербург", []);
        Deal(amo, 40215804, "Обучение менеджеров", SandboxIds.Meeting, 64_000, SandboxIds.Timur, 51800715, "Екатеринбург", ["vip"]);
        Deal(amo, 40215805, "Интеграция с телефонией", SandboxIds.Invoice, 210_000, SandboxIds.Maria, 51800716, "Москва", ["партнёр"]);
        Deal(amo, 40215806, "Пилот на месяц", SandboxIds.Won, 30_000, SandboxIds.Ivan, 51800712, "Казань", []);
        Deal(amo, 40215821, "Внедрение: «Ромашка»", SandboxIds.Rollout, 180_000, SandboxIds.Elena, SandboxIds.RichContact, "Казань", ["vip"], SandboxIds.CarePipeline);
        amo.AddTask(40215801, "Перезвонить и уточнить задачу", amo.Options.Clock.GetUtcNow().AddHours(3), SandboxIds.Maria, SandboxIds.Maria);
    }

    private static void Deal(
        AmoCrmSimulator amo, long id, string name, long status, long price, long manager, long contact, string city, string[] tags, long? pipeline = null)
    {
        amo.AddDeal(name, pipeline ?? SandboxIds.SalesPipeline, status, price, manager, manager, id);
        amo.Link(AmoKind.Leads, id, AmoKind.Contacts, contact, isMain: true);
        amo.SetField(AmoKind.Leads, id, SandboxIds.City, city, manager);
        amo.SetTags(AmoKind.Leads, id, tags, manager);
    }

    private static void Rich(AmoCrmSimulator amo, Uri recordings)
    {
        const long deal = SandboxIds.RichDeal, manager = SandboxIds.Ivan;
        var now = amo.Options.Clock.GetUtcNow();
        Deal(amo, deal, "Заявка №518: «Ромашка»", SandboxIds.Qualification, 250_000, manager, SandboxIds.RichContact, "Казань", ["сайт", "vip"]);
        amo.Link(AmoKind.Leads, deal, AmoKind.Companies, SandboxIds.RichCompany);
        amo.SetField(AmoKind.Leads, deal, SandboxIds.VisitDate, now.AddDays(2).ToUnixTimeSeconds(), manager);
        amo.SetField(AmoKind.Leads, deal, SandboxIds.Service, "Консультация", manager);
        amo.SetField(AmoKind.Leads, deal, SandboxIds.Specialist, "Анна Петрова", manager);
        amo.AddNote(deal, "Клиент просил перезвонить после обеда.", manager);
        amo.AddNote(deal, "Отправил коммерческое предложение, ждёт согласования.", manager);
        amo.AddNote(deal, "Интересует внедрение на 25 рабочих мест.", SandboxIds.Maria);
        Call(amo, "call_in", 184, new Uri(recordings, "call-1.wav"), "rec-1");
        Call(amo, "call_out", 96, new Uri(recordings, "call-2.wav"), "rec-2");
        Letter(amo, isIncoming: true, "Запрос коммерческого предложения", "Добрый день! Пришлите, пожалуйста, предложение на 25 мест.");
        Letter(amo, isIncoming: false, "Re: Запрос коммерческого предложения", "Анна, добрый день! Предложение во вложении.");
        amo.AddFile(AmoKind.Leads, deal, "Коммерческое предложение.txt", Encoding.UTF8.GetBytes("Внедрение на 25 мест: 250 000 ₽."), "text/plain", manager);
        amo.AddFile(AmoKind.Leads, deal, "Реквизиты.txt", Encoding.UTF8.GetBytes("ООО «Ромашка», ИНН 0000000000."), "text/plain", manager);
        var done = amo.AddTask(deal, "Отправить предложение", now.AddHours(-2), manager, manager);
        amo.CompleteTask(done.Id, "Отправлено", manager);
        amo.AddTask(deal, "Согласовать договор", now.AddHours(5), manager, manager);
        amo.AddTask(deal, "Назначить встречу", now.AddDays(1), SandboxIds.Maria, manager);
    }

    private static void Call(AmoCrmSimulator amo, string type, int seconds, Uri link, string uniq) =>
        amo.AddNote(AmoKind.Leads, SandboxIds.RichDeal, type, new JObject
        {
            ["uniq"] = uniq,
            ["duration"] = seconds,
            ["source"] = "Демо-телефония",
            ["link"] = link.ToString(),
            ["phone"] = "+79161234501",
            ["call_responsible"] = "Иван Соколов",
            ["call_result"] = "Договорились созвониться",
            ["call_status"] = 4,
        }, SandboxIds.Ivan);

    private static void Letter(AmoCrmSimulator amo, bool isIncoming, string subject, string summary)
    {
        var client = new JObject { ["email"] = "anna@client.example", ["name"] = "Анна Смирнова" };
        var manager = new JObject { ["email"] = "ivan@demo.example", ["name"] = "Иван Соколов" };
        amo.AddNote(AmoKind.Leads, SandboxIds.RichDeal, "amomail_message", new JObject
        {
            ["income"] = isIncoming,
            ["from"] = isIncoming ? client : manager,
            ["to"] = isIncoming ? manager : client,
            ["subject"] = subject,
            ["content_summary"] = summary,
            ["attach_cnt"] = isIncoming ? 0 : 1,
        }, SandboxIds.Ivan);
    }
}
