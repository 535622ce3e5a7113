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

    internal static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? throw new ProblemException(ProblemWriter.OfStatus(401));
}
