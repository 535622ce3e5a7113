using Automation.Server.CommandLine;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Automation.Server.Tests.Packaging;

public sealed class ComposeTests
{
    private static readonly YamlMappingNode Compose = Load();

    private static YamlMappingNode Services => (YamlMappingNode)Compose["services"];

    private static YamlMappingNode Environment => (YamlMappingNode)Services["server"]["environment"];

    [Fact]
    public void Services_AreTwoServersTheirDatabaseAndAProxy() =>
        Assert.Equal(["postgres", "proxy", "server", "server-2"], Services.Children.Keys.Select(key => key.ToString()).Order());

    [Fact]
    public void SecondServer_IsAsTheFirst() => Assert.Equal(Services["server"], Services["server-2"]);

    [Fact]
    public void Proxy_LeadsToBothServersAndKeepsABrowserWithOne()
    {
        Assert.Contains(((YamlSequenceNode)Services["proxy"]["volumes"]).Children, volume => volume.ToString().StartsWith("./deploy/Caddyfile:", StringComparison.Ordinal));
        var proxy = RepositoryFolder.Read("deploy/Caddyfile");
        foreach (var port in new[] { Port(ServeOptions.DefaultUrl), Port(ServeOptions.DefaultHookUrl) })
            Assert.Contains($":{port} {{\n\treverse_proxy server:{port} server-2:{port} {{", proxy, StringComparison.Ordinal);
        Assert.Contains("lb_policy cookie", proxy, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_NamesFilesThatExist()
    {
        var build = Services["server"]["build"];
        Assert.Equal(".", build["context"].ToString());
        Assert.True(RepositoryFolder.Has(build["dockerfile"].ToString()));
    }

    [Fact]
    public void Secrets_HaveNoDefault()
    {
        Assert.StartsWith("${AUTOMATION_KEY:?", Environment["AUTOMATION_KEY"].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("${POSTGRES_PASSWORD:?", Services["postgres"]["environment"]["POSTGRES_PASSWORD"].ToString(), StringComparison.Ordinal);
        Assert.Contains("Password=${POSTGRES_PASSWORD}", Environment["AUTOMATION_POSTGRES"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Server_WaitsForADatabaseThatHasAHealthCheck()
    {
        Assert.Equal("service_healthy", Services["server"]["depends_on"]["postgres"]["condition"].ToString());
        Assert.NotEmpty(((YamlSequenceNode)Services["postgres"]["healthcheck"]["test"]).Children);
    }

    [Fact]
    public void Ports_AreThoseTheServerListensOn()
    {
        var ports = ((YamlSequenceNode)Services["proxy"]["ports"]).Select(port => port.ToString()).ToList();
        Assert.Equal([$"127.0.0.1:{Port(ServeOptions.DefaultUrl)}:{Port(ServeOptions.DefaultUrl)}", $"{Port(ServeOptions.DefaultHookUrl)}:{Port(ServeOptions.DefaultHookUrl)}"], ports);
    }

    [Fact]
    public void Volumes_AreDeclared()
    {
        var declared = ((YamlMappingNode)Compose["volumes"]).Children.Keys.Select(key => key.ToString()).ToList();
        var used = Services.Children.Values.SelectMany(service => (YamlSequenceNode)service["volumes"]).Select(volume => volume.ToString().Split(':')[0]);
        Assert.All(used, volume => Assert.True(declared.Contains(volume) || (volume.StartsWith("./", StringComparison.Ordinal) && RepositoryFolder.Has(volume)), volume));
    }

    private static int Port(string address) => new Uri(address).Port;

    private static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(RepositoryFolder.Read("docker-compose.yml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
