using System.Net;
using System.Text;
using Automation.Designer.Flow;
using Automation.Designer.Session;
using Automation.Designer.Settings;
using Automation.Designer.Words;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Messages;
using Automation.Engine.Api.Tools;
using Automation.Engine.Ports;
using Automation.Engine.Texts;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Automation.Designer.Tests.Settings;

public sealed class MessagesSectionTests : IAsyncDisposable
{
    private readonly BunitContext page = new();
    private readonly Server server = new();
    private readonly IRenderedComponent<MudDialogProvider> dialogs;
    private readonly IRenderedComponent<MessagesSection> section;

    public MessagesSectionTests()
    {
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddSingleton(TimeProvider.System);
        page.Services.AddSingleton<ScreenWords>();
        page.Services.AddSingleton<ActivityList>();
        page.Services.AddSingleton(new ApiClient(new HttpClient(server) { BaseAddress = new("http://localhost/") }, new UserSession()));
        page.Render<MudPopoverProvider>();
        dialogs = page.Render<MudDialogProvider>();
        section = page.Render<MessagesSection>();
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void Add_WithAFreeShortName_SavesAndStandsInTheList()
    {
        section.Find("[data-testid='message-add']").Click();
        Assert.Equal("message", section.Find("#message-name").GetAttribute("value"));
        section.Find("#message-title").Change("Напоминание");
        section.Find("#message-mark").Change("Advertising");
        section.Find("#message-text").Change("Ждём вас, {{ contact.name }}");
        section.Find("[data-testid='message-form']").Submit();

        section.WaitForAssertion(() => Assert.Contains("Напоминание", section.Find("[data-testid='message-message']").TextContent, StringComparison.Ordinal));
        Assert.Equal(("Ждём вас, {{ contact.name }}", MessageMark.Advertising), (server.Templates["message"].Text, server.Templates["message"].Mark));
        Assert.Contains("рекламное", section.Find("[data-testid='message-message'] .chip").TextContent, StringComparison.Ordinal);
        Assert.Empty(section.FindAll("[data-testid='message-form']"));
    }

    [Fact]
    public void Add_UnderANameThatIsTaken_ChangesNothing()
    {
        section.Find("[data-testid='message-add']").Click();
        section.Find("#message-name").Change("visit");
        section.Find("#message-text").Change("Другой");
        section.Find("[data-testid='message-form']").Submit();

        Assert.Equal("Короткое имя «visit» уже занято.", Told());
        Assert.Equal("Ждём вас", server.Templates["visit"].Text);
    }

    [Fact]
    public void Edit_KeepsTheShortName_AndCountsTheSms()
    {
        section.Find("[data-testid='message-edit-visit']").Click();
        Assert.True(section.Find("#message-name").HasAttribute("disabled"));
        section.WaitForAssertion(() => Assert.Contains("1 SMS", section.Find("[data-testid='sms-parts']").TextContent, StringComparison.Ordinal));
        section.Find("#message-text").Change("Приходите");
        section.Find("[data-testid='message-form']").Submit();

        section.WaitForAssertion(() => Assert.Contains("Приходите", section.Find("[data-testid='message-visit'] .message-text").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Remove_WhatIsUsed_SaysWhyAndTheRowStays()
    {
        server.Refusal = "Шаблон «visit» используют: «Продажи». Выберите там другой текст.";
        section.Find("[data-testid='message-remove-visit']").Click();
        dialogs.WaitForElement(".mud-message-box");
        dialogs.FindAll("button").Last(one => one.TextContent.Trim() == "Удалить шаблон").Click();

        section.WaitForAssertion(() => Assert.Equal(server.Refusal, Told()));
        Assert.NotNull(section.Find("[data-testid='message-visit']"));
    }

    private string? Told() => page.Services.GetRequiredService<ISnackbar>().ShownSnackbars.LastOrDefault()?.Message;

    private sealed class Server : HttpMessageHandler
    {
        public Dictionary<string, MessageTemplate> Templates { get; } = new() { ["visit"] = new("visit", "Визит", "Ждём вас", null, MessageMark.Service, default, "Анна") };

        public string? Refusal { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, answer) = Answer(request, request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            return new(status) { Content = new StringContent(ApiJson.Write(answer), Encoding.UTF8, "application/json") };
        }

        private (HttpStatusCode, object) Answer(HttpRequestMessage request, string body)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (path == "/api/connections") return (HttpStatusCode.OK, new PageView<ConnectionView>([], null));
            if (path == "/api/try/text") return (HttpStatusCode.OK, new TryTextAnswer(null, null, null, [], SmsParts.Of(ApiJson.Read<TryTextRequest>(body).Text!)));
            if (request.Method == HttpMethod.Get) return (HttpStatusCode.OK, new PageView<MessageTemplate>([.. Templates.Values], null));
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (request.Method == HttpMethod.Delete) return (HttpStatusCode.Conflict, new ProblemBody("urn:funnel:error:template_in_use", Refusal!, 409, "template_in_use", "", null));
            var saved = ApiJson.Read<MessageTemplateRequest>(body);
            return (HttpStatusCode.OK, Templates[name] = new(name, saved.Title!, saved.Text!, saved.Subject, saved.Mark, default, "Анна"));
        }
    }
}
