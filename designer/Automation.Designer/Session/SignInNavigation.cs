using Microsoft.AspNetCore.Components;

namespace Automation.Designer.Session;

internal static class SignInNavigation
{
    /// <summary>Leaves for the sign-in, to come back to this page.</summary>
    public static void ToSignIn(this NavigationManager navigation) =>
        navigation.NavigateTo($"/sign-in?return={Uri.EscapeDataString("/" + navigation.ToBaseRelativePath(navigation.Uri))}", forceLoad: true);
}
