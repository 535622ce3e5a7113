namespace Automation.Engine.Api.People;

/// <param name="Role">viewer, editor, publisher, operator, admin.</param>
/// <param name="Me">Who asks.</param>
/// <param name="LockedUntil">Present while wrong passwords keep the login closed.</param>
public sealed record UserView(Guid Id, string Login, string Name, string Role, bool Me, DateTimeOffset? LockedUntil, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt);

/// <summary>What is absent stays as it is.</summary>
/// <param name="Role">Another one ends the user's sessions.</param>
public sealed record UserChange(string? Name, string? Role);

/// <param name="Name">Whom it is for; empty where nobody said.</param>
public sealed record InvitationView(Guid Id, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <param name="Name">Whom it is for; may be absent.</param>
/// <param name="Role">Default viewer.</param>
public sealed record InvitationRequest(string? Name, string? Role);

/// <param name="Path">Behind the address that the pages are reached by. Shown this once.</param>
public sealed record NewLinkView(Guid Id, string Role, string Path, DateTimeOffset ExpiresAt);

public sealed record SignInRequest(string? Login, string? Password);

public sealed record ProfileChange(string? Name);

/// <param name="Current">The present one.</param>
/// <param name="Password">The new one: 12 to 256 characters.</param>
public sealed record PasswordChange(string? Current, string? Password);
