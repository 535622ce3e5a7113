using Automation.Persistence.Tests.Contract;

namespace Automation.Persistence.Tests;

public sealed class ModelAcceptTests : AcceptContract
{
    protected override Task<TestStore> OpenAsync() => ModelTestStores.OpenAsync();
}

public sealed class ModelCommitTests : CommitContract
{
    protected override Task<TestStore> OpenAsync() => ModelTestStores.OpenAsync();
}

public sealed class ModelScanTests : ScanContract
{
    protected override Task<TestStore> OpenAsync() => ModelTestStores.OpenAsync();
}
