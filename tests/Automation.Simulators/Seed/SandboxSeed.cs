using Automation.Simulators.AmoCrm;
using Automation.Simulators.Klientiks;

namespace Automation.Simulators.Seed;

/// <summary>A small Russian firm: two pipelines, five managers, deals, contacts, and a booking calendar that fits them.</summary>
public static class SandboxSeed
{
    /// <summary>The directory only: users, pipelines, fields, tags. Enough for most tests.</summary>
    public static void Directory(AmoCrmSimulator amo)
    {
        amo.AddUser("Иван Соколов", "ivan@demo.example", SandboxIds.Ivan, isAdmin: true);
        amo.AddUser("Мария Орлова", "maria@demo.example", SandboxIds.Maria);
        amo.AddUser("Павел Ким", "pavel@demo.example", SandboxIds.Pavel);
        amo.AddUser("Елена Белова", "elena@demo.example", SandboxIds.Elena);
        amo.AddUser("Тимур Галиев", "timur@demo.example", SandboxIds.Timur);
        amo.AddPipeline(SandboxIds.SalesPipeline, "Продажи",
            (SandboxIds.NewRequest, "Новая заявка"), (SandboxIds.Qualification, "Квалификация"),
            (SandboxIds.Meeting, "Встреча"), (SandboxIds.Invoice, "Счёт выставлен"));
        amo.AddPipeline(SandboxIds.CarePipeline, "Сопровождение",
            (SandboxIds.NewClient, "Новый клиент"), (SandboxIds.Rollout, "Внедрение"), (SandboxIds.Support, "Поддержка"));
        DealFields(amo);
        foreach (var (id, name, code) in new[] { (SandboxIds.ContactPhone, "Телефон", "PHONE"), (SandboxIds.ContactEmail, "Email", "EMAIL") })
            amo.AddField(AmoKind.Contacts, new AmoField(id, name, "multitext", code)
            {
                IsPredefined = true,
                Enums = code == "PHONE"
                    ? [new(552476, "WORK"), new(552477, "WORKDD"), new(552478, "MOB"), new(552479, "FAX"), new(552480, "HOME"), new(552481, "OTHER")]
                    : [new(552486, "WORK"), new(552487, "PRIV"), new(552488, "OTHER")],
            });
        amo.AddField(AmoKind.Contacts, new AmoField(SandboxIds.ContactPosition, "Должность", "text", "POSITION") { IsPredefined = true });
        amo.AddField(AmoKind.Companies, new AmoField(SandboxIds.CompanyPhone, "Телефон", "multitext", "PHONE")
        {
            IsPredefined = true,
            Enums = [new(552496, "WORK"), new(552497, "OTHER")],
        });
        foreach (var (name, color) in new[] { ("сайт", "C6F4DE"), ("повторный", "D8D5FF"), ("vip", "FFCE5A"), ("срочно", "FF8F92"), ("партнёр", "86C0FC") })
            amo.AddTag(AmoKind.Leads, name, color);
    }

    /// <summary>Everything: the directory, contacts, deals and the booking calendar of today and tomorrow.</summary>
    /// <param name="recordings">Where call recordings can be fetched, with a closing slash.</param>
    public static void Fill(AmoCrmSimulator amo, KlientiksSimulator klientiks, Uri recordings)
    {
        Directory(amo);
        SandboxDeals.Fill(amo, recordings);
        Bookings(klientiks);
    }

    public static void BookingDirectory(KlientiksSimulator klientiks)
    {
        klientiks.AddExecutor(new(SandboxIds.ExecutorAnna, "Анна Петрова", "Консультант"));
        klientiks.AddExecutor(new(SandboxIds.ExecutorBoris, "Борис Левин", "Инженер"));
        klientiks.AddExecutor(new(SandboxIds.ExecutorVera, "Вера Дроздова", "Тренер"));
        klientiks.AddService(new(SandboxIds.ServiceConsultation, "Консультация", 1500, 45));
        klientiks.AddService(new(SandboxIds.ServiceDiagnostics, "Диагностика", 2500, 60));
        klientiks.AddService(new(SandboxIds.ServiceTraining, "Обучение", 4000, 90));
    }

    private static void DealFields(AmoCrmSimulator amo)
    {
        void Add(long id, string name, string type, string? code = null, params (long Id, string Value)[] choices) =>
            amo.AddField(AmoKind.Leads, new AmoField(id, name, type, code) { Enums = [.. choices.Select((choice, i) => new AmoEnum(choice.Id, choice.Value, i))] });

        Add(SandboxIds.City, "Город", "select", null, (551210, "Казань"), (551211, "Москва"), (551212, "Санкт-Петербург"), (551213, "Екатеринбург"));
        Add(SandboxIds.VisitDate, "Дата визита", "date_time");
        Add(SandboxIds.Priority, "Priority", "select", null,
            (SandboxIds.PriorityLow, "Низкий"), (SandboxIds.PriorityNormal, "Обычный"), (SandboxIds.PriorityHigh, "Высокий"), (SandboxIds.PriorityUrgent, "Срочный"));
        Add(SandboxIds.VisitId, "Visit ID", "text");
        Add(SandboxIds.ClientId, "Client ID", "text");
        Add(SandboxIds.Service, "Услуга", "select", null, (551401, "Консультация"), (551402, "Диагностика"), (551403, "Обучение"));
        Add(SandboxIds.Specialist, "Специалист", "select", null, (551501, "Анна Петрова"), (551502, "Борис Левин"), (551503, "Вера Дроздова"));
        Add(SandboxIds.AutomationKey, "Automation key", "text", "AUTOMATION_KEY");
        Add(SandboxIds.ParentDeal, "Исходная сделка", "url", "PARENT_DEAL");
    }

    private static void Bookings(KlientiksSimulator klientiks)
    {
        BookingDirectory(klientiks);
        var smirnova = klientiks.AddClient(new(501, "Анна", "Смирнова", "79161234501"));
        var egorov = klientiks.AddClient(new(502, "Олег", "Егоров", "79161234502"));
        var today = klientiks.Now.Date;
        void Visit(long id, long client, long executor, int day, int hour, int minute, long service, string status)
        {
            var start = today.AddDays(day).AddHours(hour).AddMinutes(minute);
            var minutes = klientiks.Services.First(candidate => candidate.Id == service).Minutes;
            klientiks.AddVisit(new(id, id + 10_000, client, executor, start, start.AddMinutes(minutes), status) { ServiceIds = [service] });
        }

        Visit(77001, smirnova.Id, SandboxIds.ExecutorAnna, 0, 10, 0, SandboxIds.ServiceConsultation, KlientiksStates.Confirmed);
        Visit(77002, egorov.Id, SandboxIds.ExecutorBoris, 0, 12, 0, SandboxIds.ServiceDiagnostics, KlientiksStates.Scheduled);
        Visit(77003, egorov.Id, SandboxIds.ExecutorVera, 0, 15, 30, SandboxIds.ServiceTraining, KlientiksStates.Scheduled);
        Visit(77004, smirnova.Id, SandboxIds.ExecutorAnna, 1, 11, 0, SandboxIds.ServiceConsultation, KlientiksStates.Scheduled);
    }
}
