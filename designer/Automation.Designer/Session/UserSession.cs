using System.Security.Claims;
using Automation.Engine.Api.Access;

namespace Automation.Designer.Session;

/// <summary>Who looks at this screen. One for each open page.</summary>
public sealed class UserSession
{
    /// <summary>The session's key; it never leaves the server but as the browser's own cookie.</summary>
    public string Token { get; private set; } = "";

    public SessionView? View { get; private set; }

    public string Language => View?.Language ?? "ru";

    public bool May(Engine.Api.Permissions permission) => View is { } view && Engine.Api.Roles.Of(view.Role).HasFlag(permission);

    public bool CanEdit => May(Engine.Api.Permissions.Edit);

    public bool CanPublish => May(Engine.Api.Permissions.Publish);

    public bool CanOperate => May(Engine.Api.Permissions.Operate);

    public bool CanManage => May(Engine.Api.Permissions.Manage);

    /// <summary>Raised once, when the API no longer knows the session: it is over, or the person was given another role or password.</summary>
    public event Action? Ended;

    public void End()
    {
        var ended = Ended;
        Ended = null;
        ended?.Invoke();
    }

    public void Use(ClaimsPrincipal user) => Token = user.FindFirstValue(SessionCookie.Claim) ?? "";

    public void Know(SessionView view) => View = view;
}
