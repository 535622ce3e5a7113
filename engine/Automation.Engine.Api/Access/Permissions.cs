using Microsoft.AspNetCore.Builder;

namespace Automation.Engine.Api;

/// <summary>What a caller may do.</summary>
[Flags]
public enum Permissions
{
    None = 0,

    /// <summary>Look at everything but secrets, and try what changes nothing.</summary>
    Read = 1,

    /// <summary>Change drafts and message templates.</summary>
    Edit = 2,

    /// <summary>Make drafts hold, and take away what holds.</summary>
    Publish = 4,

    /// <summary>Start, cancel, redrive and delete runs, decide what became of actions.</summary>
    Operate = 8,

    /// <summary>Keys, connections, managers, calendars, settings, servers.</summary>
    Manage = 16,
}

/// <summary>The roles of SP-5: each is a set of permissions.</summary>
public static class Roles
{
    public const string Viewer = "viewer";
    public const string Editor = "editor";
    public const string Publisher = "publisher";
    public const string Operator = "operator";
    public const string Admin = "admin";

    private static readonly (string Name, Permissions May)[] Known =
    [
        (Viewer, Permissions.Read),
        (Editor, Permissions.Read | Permissions.Edit),
        (Publisher, Permissions.Read | Permissions.Edit | Permissions.Publish),
        (Operator, Permissions.Read | Permissions.Operate),
        (Admin, Permissions.Read | Permissions.Edit | Permissions.Publish | Permissions.Operate | Permissions.Manage),
    ];

    /// <summary>From the one that may least.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(role => role.Name)];

    /// <summary>None for a role that does not exist.</summary>
    public static Permissions Of(string role) => Array.Find(Known, known => known.Name == role).May;

    /// <summary>The roles that hold a permission.</summary>
    public static IEnumerable<string> With(Permissions permission) => Known.Where(role => role.May.HasFlag(permission)).Select(role => role.Name);
}

/// <summary>What an endpoint takes.</summary>
internal sealed record NeededPermission(Permissions Permission);

public static class PermissionExtensions
{
    /// <summary>Says which permission an endpoint takes. Without it, a GET takes <see cref="Permissions.Read"/> and everything else <see cref="Permissions.Manage"/>.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permissions permission)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededPermission(permission));
}
