namespace Automation.Simulators.AmoCrm;

internal static class AmoKinds
{
    public static readonly AmoKind[] All = [AmoKind.Leads, AmoKind.Contacts, AmoKind.Companies];

    public static string Path(this AmoKind kind) => kind switch
    {
        AmoKind.Leads => "leads",
        AmoKind.Contacts => "contacts",
        _ => "companies",
    };

    public static string Singular(this AmoKind kind) => kind switch
    {
        AmoKind.Leads => "lead",
        AmoKind.Contacts => "contact",
        _ => "company",
    };

    /// <summary>The old API's number of the entity type.</summary>
    public static long Code(this AmoKind kind) => kind switch
    {
        AmoKind.Leads => 2,
        AmoKind.Contacts => 1,
        _ => 3,
    };

    public static AmoKind? Parse(string? path) => path switch
    {
        "leads" => AmoKind.Leads,
        "contacts" => AmoKind.Contacts,
        "companies" => AmoKind.Companies,
        _ => null,
    };
}
