using Automation.Engine.Accounts;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Automation.Engine.Api;

public static class CallerExtensions
{
    /// <summary>The account of who asks.</summary>
    /// <exception cref="ProblemException">401: nobody is signed in here.</exception>
    public static AccountId Account(this HttpContext context) => context.Caller().Account;

    /// <summary>What an endpoint takes beyond its own permission, because of what it is asked.</summary>
    /// <exception cref="ProblemException">403: the caller's role does not allow it.</exception>
    internal static void Demand(this HttpContext context, Permissions permission)
    {
        if (!context.Caller().May(permission)) throw new ProblemException(PermissionMiddleware.Refusal(context.Caller(), permission));
    }

    internal static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? throw new ProblemException(ProblemWriter.OfStatus(401));
}
