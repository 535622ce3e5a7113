using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Mailbox keys as four arrays, <c>$1</c> to <c>$4</c>.</summary>
internal static class MailboxArrays
{
    public const string Unnest = "$1::uuid[], $2::uuid[], $3::text[], $4::text[]";

    /// <summary>Matches a row of <c>mailboxes AS m</c> with one of <c>u(a, c, t, i, …)</c>.</summary>
    public const string Match = "m.account_id = u.a AND m.connection_id = u.c AND m.entity_type = u.t AND m.entity_id = u.i";

    public static object[] Of(IReadOnlyList<MailboxKey> keys) =>
    [
        keys.Select(key => key.Account.Value).ToArray(), keys.Select(key => key.Connection.Value).ToArray(),
        keys.Select(key => key.EntityType).ToArray(), keys.Select(key => key.EntityId).ToArray(),
    ];

    /// <summary>The key in a reader's first four columns.</summary>
    public static MailboxKey Read(NpgsqlDataReader reader) =>
        new(new AccountId(reader.GetGuid(0)), new ConnectionId(reader.GetGuid(1)), reader.GetString(2), reader.GetString(3));
}
