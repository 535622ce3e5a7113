using Automation.Designer.Settings;
using Automation.Designer.Words;
using Automation.Engine.Api;
using Newtonsoft.Json;

namespace Automation.Designer.Tests.Settings;

public sealed class ConnectionKindTests
{
    [Fact]
    public void Request_SecretsAndSettings_LieInTheirParts_AndWhatIsEmptyIsLeftOut()
    {
        var email = ConnectionKind.All.Single(kind => kind.Kind == "email");
        var body = email.Request("mail", new Dictionary<string, string> { ["settings.host"] = " smtp.example.com ", ["settings.user"] = "a", ["secrets.password"] = "p", ["settings.from"] = " " });
        Assert.Equal("""{"kind":"email","name":"mail","settings":{"host":"smtp.example.com","user":"a"},"secrets":{"password":"p"}}""", body.ToString(Formatting.None));

        var crm = ConnectionKind.All.Single(kind => kind.Kind == "amocrm").Request("crm", new Dictionary<string, string> { ["subdomain"] = "name", ["secrets.token"] = "t" });
        Assert.Equal("""{"kind":"amocrm","name":"crm","settings":{},"secrets":{"token":"t"},"subdomain":"name"}""", crm.ToString(Formatting.None));
    }

    [Fact]
    public void Words_OfEveryKindFieldAndRole_AreThere() => Assert.All(WordBook.Languages, language =>
    {
        var book = WordBook.Of(language);
        foreach (var kind in ConnectionKind.All) Assert.All((string[])[$"connect.{kind.Kind}", $"connect.{kind.Kind}.hint", .. kind.Fields.Select(field => $"connect.{kind.Kind}.{field.Key}")], key => Assert.Contains(key, book.Keys));
        Assert.All(Roles.All, role => Assert.Contains($"role.{role}.hint", book.Keys));
    });
}
