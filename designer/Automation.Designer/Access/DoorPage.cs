using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace Automation.Designer.Access;

/// <summary>A page before the sign-in: rendered once on the server, its forms work without a script.</summary>
public abstract class DoorPage : ComponentBase
{
    [Inject] protected Words.ScreenWords W { get; set; } = null!;

    [Inject] protected NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter] protected HttpContext Http { get; set; } = null!;

    /// <summary>What is wrong with what was sent; null before and when nothing is.</summary>
    protected string? Trouble { get; set; }

    protected override void OnInitialized() => W.Use(Session.PageLook.Language(Http), TimeZoneInfo.Utc);

    /// <summary>The refusal in the words of the page.</summary>
    protected void Tell(Problem refusal) => (Trouble, Http.Response.StatusCode) = (W.Refusal(refusal.Code, refusal.Title), refusal.Status);
}
