using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Ports;

namespace Automation.Activities.Crm.ChildDeals;

internal static class QueryText
{
    /// <summary>Names a search in a journal key without telling what was searched for.</summary>
    public static string GetHashText(this DealQuery query) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query.ToString())))[..16];
}
