namespace Automation.Simulators.Seed;

/// <summary>Fixed ids of the demo data, so that samples, funnels and tests can name them.</summary>
public static class SandboxIds
{
    public const long SalesPipeline = 8240010, NewRequest = 68120450, Qualification = 68120454, Meeting = 68120458, Invoice = 68120462;

    public const long CarePipeline = 8240020, NewClient = 68130450, Rollout = 68130454, Support = 68130458;

    public const long Won = 142, Lost = 143;

    /// <summary>The administrator; the demo token acts as this user.</summary>
    public const long Ivan = 9050111;

    public const long Maria = 9050112, Pavel = 9050113, Elena = 9050114, Timur = 9050115;

    public const long City = 991201, VisitDate = 991207, Priority = 991210, VisitId = 991214, ClientId = 991215,
        Service = 991220, Specialist = 991224, AutomationKey = 991230, ParentDeal = 991234;

    public const long PriorityLow = 551301, PriorityNormal = 551302, PriorityHigh = 551303, PriorityUrgent = 551304;

    public const long ContactPhone = 771906, ContactEmail = 771908, ContactPosition = 771904, CompanyPhone = 772906;

    /// <summary>The deal with notes, files, calls, letters, tasks, tags, budget and filled fields.</summary>
    public const long RichDeal = 40215877;

    public const long RichContact = 51800711, RichCompany = 61900301;

    public const long ExecutorAnna = 11, ExecutorBoris = 12, ExecutorVera = 13;

    public const long ServiceConsultation = 22, ServiceDiagnostics = 23, ServiceTraining = 24;
}
