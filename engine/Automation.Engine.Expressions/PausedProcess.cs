using System.Text.RegularExpressions;

namespace Automation.Engine.Expressions;

/// <summary>Regular expressions end by the clock on the wall, which goes on while the process is paused or waits for a processor.</summary>
internal static class PausedProcess
{
    /// <summary>How long one may take: far more than any that is bounded by its text does.</summary>
    public static readonly TimeSpan LastResort = TimeSpan.FromSeconds(5);

    /// <summary>Does it once more where it ended by the clock: what truly takes so long does so again.</summary>
    public static T Twice<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (RegexMatchTimeoutException)
        {
            return work();
        }
    }
}
