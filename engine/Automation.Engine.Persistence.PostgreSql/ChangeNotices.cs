namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>
/// Triggers that tell every node which account's settings changed, whoever changed them: at the commit, on the channel
/// <see cref="Channel"/>, as "table account". Columns that the engine itself moves all the time (where a feed stands) tell nothing.
/// </summary>
internal static class ChangeNotices
{
    public const string Channel = "automation_changed";

    public const string Up = $$"""
        CREATE FUNCTION automation_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('{{Channel}}', TG_TABLE_NAME || ' ' || (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0]));
          RETURN NULL;
        END $$;
        CREATE TRIGGER tell_change AFTER UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION automation_tell_change('id');
        CREATE TRIGGER tell_change AFTER UPDATE OR DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        CREATE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE OF kind, name, base_url, remote_account_id, allowed_hosts, settings, hook_token_hash, directory
          ON connections FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON secrets FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        CREATE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE OF published_version ON funnels FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        """;

    public const string Down = """
        DROP TRIGGER tell_change ON accounts;
        DROP TRIGGER tell_change ON api_keys;
        DROP TRIGGER tell_change ON connections;
        DROP TRIGGER tell_change ON secrets;
        DROP TRIGGER tell_change ON funnels;
        DROP FUNCTION automation_tell_change();
        """;

    /// <summary>What is saved as a draft tells nothing; what is published, or taken back, does.</summary>
    public const string DefinitionsUp = """
        CREATE TRIGGER tell_change AFTER INSERT OR DELETE OR UPDATE OF is_published ON definitions FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        """;

    public const string DefinitionsDown = "DROP TRIGGER tell_change ON definitions;";

    /// <summary>A change of a draft shows on every node's boards; a changed or removed user ends what is known of him.</summary>
    public const string DesignerUp = """
        CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OF state ON draft_changes FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        CREATE TRIGGER tell_change AFTER DELETE OR UPDATE OF role, security_stamp ON users FOR EACH ROW EXECUTE FUNCTION automation_tell_change('account_id');
        """;

    public const string DesignerDown = """
        DROP TRIGGER tell_change ON draft_changes;
        DROP TRIGGER tell_change ON users;
        """;
}
