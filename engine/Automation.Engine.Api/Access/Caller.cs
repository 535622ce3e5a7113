using Automation.Engine.Accounts;

namespace Automation.Engine.Api.Access;

/// <summary>Who asks.</summary>
internal sealed record Caller(Guid Id, AccountId Account, string Name, string Kind, byte[] Hash, DateTimeOffset? ExpiresAt, string Role)
{
    public bool May(Permissions permission) => Roles.Of(Role).HasFlag(permission);
}
