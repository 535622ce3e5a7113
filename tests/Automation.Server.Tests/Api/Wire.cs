using System.Text;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>Requests and answers as they go over the wire.</summary>
internal static class Wire
{
    public static string Lead(long id, string pipeline = "8240017", string status = "68120450", int price = 45000, long updated = 1785312000, string account = "31700500") =>
        $"leads[add][0][id]={id}&leads[add][0][name]=Deal+{id}&leads[add][0][status_id]={status}&leads[add][0][pipeline_id]={pipeline}&leads[add][0][price]={price}"
        + $"&leads[add][0][created_at]={updated}&leads[add][0][updated_at]={updated}&account[id]={account}";

    public static HttpContent Form(string body) => new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");

    public static async Task<JObject> JsonAsync(this HttpResponseMessage response) =>
        JObject.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>The answer is a problem of that status and code, in the form of the contract.</summary>
    public static async Task<JObject> AssertProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = JObject.Parse(text);
        Assert.Equal(code, (string?)body["code"]);
        Assert.Equal($"urn:funnel:error:{code}", (string?)body["type"]);
        Assert.Equal(status, (int?)body["status"]);
        Assert.False(string.IsNullOrEmpty((string?)body["title"]));
        Assert.False(string.IsNullOrEmpty((string?)body["traceId"]));
        return body;
    }
}
