using Automation.Persistence.Tests.Contract;

namespace Automation.Persistence.Tests;

public sealed class SqliteAcceptTests : AcceptContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteCommitTests : CommitContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteScanTests : ScanContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteStaffTests : StaffContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteSecretTests : SecretContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteSetupTests : SetupContract
{
    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult(SqliteTestStores.OpenEmpty());
}

public sealed class SqliteBackupTests : BackupContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();

    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult(SqliteTestStores.OpenEmpty());
}

public sealed class SqliteRetentionTests : RetentionContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();
}

public sealed class SqliteMessageTemplateTests : MessageTemplateContract
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStores.OpenAsync();

    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult(SqliteTestStores.OpenEmpty());
}
