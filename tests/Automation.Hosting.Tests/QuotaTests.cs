using Automation.Engine.Hosting.Accounts;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests;

public sealed class QuotaTests
{
    [Fact]
    public void Quotas_OneRaised_LeavesTheOthersAtTheirDefaults()
    {
        var quotas = JObject.Parse("""{"RunsPerTrigger":500}""").ToObject<AccountQuotas>();

        Assert.Equal(new AccountQuotas { RunsPerTrigger = 500 }, quotas);
        Assert.Equal((100, 10_000, 10), (quotas!.EventsPerSecond, quotas.EffectsPerDay, quotas.MaxDepth));
    }
}
