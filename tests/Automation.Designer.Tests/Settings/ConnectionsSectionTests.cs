using System.Net;
using System.Text;
using Automation.Designer.Session;
using Automation.Designer.Settings;
using Automation.Designer.Words;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Automation.Designer.Tests.Settings;

public sealed class ConnectionsSectionTests : IAsyncDisposable
{
    private readonly BunitContext page = new();
    private readonly Server server = new();
    private readonly IRenderedComponent<MudDialogProvider> dialogs;
    private readonly IRenderedComponent<ConnectionsSection> section;

    public ConnectionsSectionTests()
    {
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddSingleton(TimeProvider.System);
        page.Services.AddSingleton<ScreenWords>();
        page.Services.AddSingleton(new ApiClient(new HttpClient(server) { BaseAddress = new("http://localhost/") }, new UserSession()));
        page.Render<MudPopoverProvider>();
        dialogs = page.Render<MudDialogProvider>();
        section = page.Render<ConnectionsSection>();
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void Remove_AsksFirst_AndThenTheRowIsGone()
    {
        var button = section.Find("[data-testid='remove-crm']");
        Assert.Equal("Удалить подключение «crm»", button.GetAttribute("aria-label"));
        button.Click();
        dialogs.WaitForElement(".mud-message-box");
        Assert.Contains("Журнал и запуски останутся", dialogs.Markup, StringComparison.Ordinal);
        Press("Отмена");
        Assert.Empty(server.Deleted);

        section.Find("[data-testid='remove-crm']").Click();
        dialogs.WaitForElement(".mud-message-box");
        Press("Удалить подключение");
        section.WaitForAssertion(() => Assert.Empty(section.FindAll("[data-testid='connection-crm']")));
        Assert.Equal([$"/api/connections/{server.Crm}?lang=ru"], server.Deleted);
        Assert.Equal("Подключение «crm» удалено.", Told());
    }

    [Fact]
    public void Remove_Refused_SaysWhyAndTheRowStays()
    {
        server.Refusal = "Подключение «crm» нужно воронкам: «Продажи».";
        section.Find("[data-testid='remove-crm']").Click();
        dialogs.WaitForElement(".mud-message-box");
        Press("Удалить подключение");

        section.WaitForAssertion(() => Assert.Equal(server.Refusal, Told()));
        Assert.NotNull(section.Find("[data-testid='connection-crm']"));
    }

    private void Press(string button) => dialogs.FindAll("button").Last(one => one.TextContent.Trim() == button).Click();

    private string? Told() => page.Services.GetRequiredService<ISnackbar>().ShownSnackbars.LastOrDefault()?.Message;

    private sealed class Server : HttpMessageHandler
    {
        public Guid Crm { get; } = Guid.CreateVersion7();

        public List<string> Deleted { get; } = [];

        public string? Refusal { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, answer) = Answer(request);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(ApiJson.Write(answer), Encoding.UTF8, "application/json") });
        }

        private (HttpStatusCode, object) Answer(HttpRequestMessage request)
        {
            if (request.RequestUri!.AbsolutePath == "/api/sample") return (HttpStatusCode.OK, new { available = false, running = false });
            if (request.Method != HttpMethod.Delete)
                return (HttpStatusCode.OK, new PageView<ConnectionView>(Deleted.Count > 0 ? [] : [new(Crm, "amocrm", "crm", "https://demo.amocrm.ru", null, [], true, ["token"], null, default)], null));
            if (Refusal is { } refusal) return (HttpStatusCode.Conflict, new ProblemBody("urn:funnel:error:connection_in_use", refusal, 409, "connection_in_use", "", null));
            Deleted.Add(request.RequestUri.PathAndQuery);
            return (HttpStatusCode.OK, new RemovedConnection(Crm, "crm", "ended"));
        }
    }
}
