using Automation.Engine.Accounts;

namespace Automation.Engine.Api.Access;

/// <summary>Who asks.</summary>
internal sealed record Caller(Guid Id, AccountId Account, string Name, string Kind, byte[] Hash, DateTimeOffset? ExpiresAt, string Role, Guid? IssuedBy = null, string? Stamp = null, string? Language = null)
{
    /// <summary>The user whose session it is; null for a key's.</summary>
    public Guid? User => Stamp is null ? null : IssuedBy;

    /// <summary>The user or the key behind a session; the key itself otherwise. What a person does, he does under it.</summary>
    public Guid Person => IssuedBy ?? Id;

    public bool May(Permissions permission) => Roles.Of(Role).HasFlag(permission);
}
