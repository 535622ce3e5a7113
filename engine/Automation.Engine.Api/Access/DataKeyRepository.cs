using System.Xml.Linq;
using Automation.Engine.Persistence.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Automation.Engine.Api.Access;

/// <summary>Keeps the keys of ASP.NET Core's data protection in the database, encrypted under the master key.</summary>
internal sealed class DataKeyRepository(DataKeyStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => [.. store.Read().Select(text => XElement.Parse(text))];

    public void StoreElement(XElement element, string friendlyName) => store.Add(element.ToString(SaveOptions.DisableFormatting));
}
