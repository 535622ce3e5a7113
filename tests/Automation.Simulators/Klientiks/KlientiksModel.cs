namespace Automation.Simulators.Klientiks;

public sealed class KlientiksOptions
{
    /// <summary>Path before <c>/clientix</c>. Default none.</summary>
    public string Prefix { get; set; } = "";

    public string AccountId { get; set; } = "a1b2c3d4e5f6";

    public string UserId { get; set; } = "0f1e2d3c4b5a";

    public string Token { get; set; } = "5a17d80c0000000000000000000demo0";

    /// <summary>IANA zone of the times on the wire. Default Europe/Moscow.</summary>
    public string TimeZone { get; set; } = "Europe/Moscow";

    /// <summary>Hours when visits are possible. Default 9 to 20.</summary>
    public (int From, int To) WorkingHours { get; set; } = (9, 20);

    public TimeProvider Clock { get; set; } = TimeProvider.System;
}

public sealed record KlientiksExecutor(long Id, string Name, string Position = "");

public sealed record KlientiksService(long Id, string Name, decimal Price, int Minutes);

public sealed record KlientiksClient(long Id, string FirstName, string SecondName, string Phone)
{
    public string PatronName { get; init; } = "";
    public string Email { get; init; } = "";
    public string BirthDate { get; init; } = "";
    public DateTime Created { get; init; }
    public DateTime Modified { get; init; }

    public string Name => string.Join(' ', new[] { SecondName, FirstName, PatronName }.Where(part => part.Length > 0));
}

/// <summary>A visit. Times stand in the account's zone, without an offset, as on the wire.</summary>
public sealed record KlientiksVisit(long Id, long LinkId, long ClientId, long ExecutorId, DateTime Start, DateTime Finish, string Status)
{
    public IReadOnlyList<long> ServiceIds { get; init; } = [];
    public bool IsSale { get; init; }
    public DateTime Created { get; init; }
    public DateTime Modified { get; init; }
}

public static class KlientiksStates
{
    public const string Scheduled = "scheduled", SmsSent = "sms_confirmation_sent", Confirmed = "confirmed", InProgress = "in_progress",
        Finished = "finished", Missed = "missed", Cancelled = "cancelled", CancelledBySms = "cancelled_by_sms";

    public static IReadOnlyList<string> All { get; } =
        [Scheduled, SmsSent, Confirmed, InProgress, Finished, Missed, Cancelled, CancelledBySms];
}

/// <summary>What a hook tells: ids only, a hint.</summary>
public sealed record KlientiksHookDelivery(long Number, DateTimeOffset At, string Destination, string Method, string Event, int? Status);
