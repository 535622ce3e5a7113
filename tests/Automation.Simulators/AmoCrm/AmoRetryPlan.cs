namespace Automation.Simulators.AmoCrm;

/// <summary>When amoCRM repeats an account hook. Source: amocrm.ru, "webhooks format".</summary>
public static class AmoRetryPlan
{
    /// <param name="attempt">The attempt that failed; 1 is the first.</param>
    /// <param name="status">Its answer; null for none.</param>
    /// <returns>The pause before the next attempt; null when there is none.</returns>
    public static TimeSpan? WaitAfter(int attempt, int? status)
    {
        var failed = status is null or < 100 or >= 300;
        var serverFailed = status is null or 499 or (>= 500 and <= 599);
        return attempt switch
        {
            1 when failed => TimeSpan.FromMinutes(5),
            2 when failed => TimeSpan.FromMinutes(15),
            3 when serverFailed => TimeSpan.FromMinutes(15),
            4 when serverFailed => TimeSpan.FromHours(1),
            _ => null,
        };
    }
}
