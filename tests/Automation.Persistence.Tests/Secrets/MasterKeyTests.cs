using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Secrets;
using Automation.Testing;

namespace Automation.Persistence.Tests.Secrets;

public sealed class MasterKeyTests
{
    [Fact]
    public void Load_NoFile_MakesOneForTheOwnerOnly()
    {
        using var directory = new TempDirectory();

        var key = MasterKey.Load(directory.Path, null);

        Assert.Equal(key.CurrentId, MasterKey.Load(directory.Path, "").CurrentId);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.File(MasterKey.FileName)));
    }

    [Theory]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64 at all")]
    [InlineData(",")]
    public void Load_BadKey_RefusesToStart(string variable)
    {
        using var directory = new TempDirectory();

        var refusal = Assert.Throws<StartRefusedException>(() => MasterKey.Load(directory.Path, variable));

        Assert.Equal("master_key_invalid", refusal.Code);
        Assert.DoesNotContain("c2hvcnQ", refusal.Message, StringComparison.Ordinal);
    }
}
