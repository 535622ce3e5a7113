using Automation.Persistence.Tests.Contract;

namespace Automation.Persistence.Tests;

public sealed class PostgreSqlAcceptTests : AcceptContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlCommitTests : CommitContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlScanTests : ScanContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlStaffTests : StaffContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlSecretTests : SecretContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlSetupTests : SetupContract
{
    protected override Task<TestStore> OpenEmptyAsync() => PostgreSqlTestStores.OpenEmptyAsync();
}

public sealed class PostgreSqlBackupTests : BackupContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();

    protected override Task<TestStore> OpenEmptyAsync() => PostgreSqlTestStores.OpenEmptyAsync();
}

public sealed class PostgreSqlRetentionTests : RetentionContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();
}

public sealed class PostgreSqlMessageTemplateTests : MessageTemplateContract
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStores.OpenAsync();

    protected override Task<TestStore> OpenEmptyAsync() => PostgreSqlTestStores.OpenEmptyAsync();
}
