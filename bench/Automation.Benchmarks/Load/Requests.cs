using System.Globalization;
using System.Text;
using Automation.Engine.Effects;

namespace Automation.Benchmarks.Load;

/// <summary>Requests made before the clock runs.</summary>
internal static class Requests
{
    /// <summary>A generic hook signed as Standard Webhooks says.</summary>
    public static byte[] Signed(string path, string secret, string id, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var headers = StandardWebhooks.Headers(secret, id, TimeProvider.System.GetUtcNow(), body);
        return Join(path, "application/json", string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n")), body);
    }

    /// <summary>An amoCRM hook: <c>leads[status]</c>, as the CRM sends it when a deal is moved.</summary>
    public static byte[] AmoCrm(string path, string remoteAccount, int deal, long updatedAt)
    {
        var (status, price) = (142_000 + deal % 7, 1_000 + deal % 900);
        var form = string.Create(CultureInfo.InvariantCulture,
            $"leads[status][0][id]={deal}&leads[status][0][status_id]={status}&leads[status][0][pipeline_id]=8240010&leads[status][0][old_status_id]=141000&leads[status][0][old_pipeline_id]=8240010&leads[status][0][name]=%D0%A1%D0%B4%D0%B5%D0%BB%D0%BA%D0%B0+{deal}&leads[status][0][price]={price}&leads[status][0][responsible_user_id]=504141&leads[status][0][last_modified]={updatedAt}&leads[status][0][updated_at]={updatedAt}&leads[status][0][created_at]={updatedAt - 86_400}&leads[status][0][custom_fields][0][id]=427183&leads[status][0][custom_fields][0][name]=%D0%93%D0%BE%D1%80%D0%BE%D0%B4&leads[status][0][custom_fields][0][values][0][value]=%D0%9A%D0%B0%D0%B7%D0%B0%D0%BD%D1%8C&account[id]={remoteAccount}&account[subdomain]=bench");
        return Join(path, "application/x-www-form-urlencoded", "", Encoding.ASCII.GetBytes(form.Replace("[", "%5B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal)));
    }

    private static byte[] Join(string path, string type, string headers, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];
}
