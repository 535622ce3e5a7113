using System.Net;
using System.Text;
using Automation.Designer.Board;
using Automation.Designer.Session;
using Automation.Designer.Words;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Tests.Board;

public sealed class CopyToDialogTests : IAsyncDisposable
{
    private static readonly Guid Crm = Guid.CreateVersion7();
    private static readonly StageRef Stage = new("1", "2");
    private readonly BunitContext page = new();
    private readonly Server server = new();
    private readonly IRenderedComponent<MudDialogProvider> dialogs;

    public CopyToDialogTests()
    {
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddSingleton<ScreenWords>();
        page.Services.AddSingleton(new ApiClient(new HttpClient(server) { BaseAddress = new("http://localhost/") }, new UserSession()));
        page.Render<MudPopoverProvider>();
        dialogs = page.Render<MudDialogProvider>();
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task Funnels_ThatCanBeChosen_AreAllButTheCardsOwn()
    {
        await OpenAsync();

        Assert.Equal(["same", "other", "empty"], dialogs.FindAll("input[type=radio]").Select(one => one.GetAttribute("data-testid")!["copy-to-".Length..]));
        Assert.True(dialogs.Find("[data-testid=copy-to-now]").HasAttribute("disabled"));
    }

    [Theory]
    [InlineData("same", "", true)]
    [InlineData("other", "1 карточка — на первом этапе: её этапов в этой воронке нет.Это воронка другой CRM: проверьте в карточках поля и этапы.", true)]
    [InlineData("empty", "В этой воронке нет этапов: сначала загрузите их из CRM.", false)]
    public async Task Funnel_Chosen_SaysBeforeWhatDoesNotFit(string funnel, string notes, bool copies)
    {
        await OpenAsync();

        Choose(funnel);

        Assert.Equal(notes, dialogs.Find("[data-testid=copy-to-notes]").TextContent.Trim());
        Assert.Equal(copies, !dialogs.Find("[data-testid=copy-to-now]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Copy_Refused_SaysWhyAndCanBeDoneAgain()
    {
        var dialog = await OpenAsync();
        Choose("same");
        server.Refusal = "Не сохранено";
        dialogs.Find("[data-testid=copy-to-now]").Click();
        dialogs.WaitForAssertion(() => Assert.Equal(server.Refusal, dialogs.Find("[role=alert]").TextContent));

        server.Refusal = null;
        dialogs.Find("[data-testid=copy-to-now]").Click();

        dialogs.WaitForAssertion(() => Assert.True(dialog.Result.IsCompleted));
        Assert.Equal("same", Assert.IsType<FunnelView>((await dialog.Result)!.Data).Slug);
        var change = Assert.Single(server.Changes);
        Assert.Equal(("copied", "А"), ((string)change["name"]!["key"]!, (string)change["name"]!["values"]![0]!));
        Assert.Equal("a-same", (string?)Assert.Single(change["edits"]!)["part"]);
    }

    private async Task<IDialogReference> OpenAsync()
    {
        var card = new FunnelTrigger { Id = "a", Name = "А", When = new() { Event = TriggerEvents.EnteredStage, Stages = [Stage] } };
        var parameters = new DialogParameters<CopyToDialog> { { one => one.Copied, new CopiedCards("own", Crm, [card]) } };
        var dialog = await dialogs.InvokeAsync(() => page.Services.GetRequiredService<IDialogService>().ShowAsync<CopyToDialog>("", parameters));
        dialogs.WaitForElement("input[type=radio]");
        return dialog;
    }

    private void Choose(string funnel) => dialogs.Find($"[data-testid=copy-to-{funnel}]").Change(true);

    private sealed class Server : HttpMessageHandler
    {
        public List<JObject> Changes { get; } = [];

        public string? Refusal { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, answer) = request.Method == HttpMethod.Post ? Take(JObject.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))) : (HttpStatusCode.OK, Read(request.RequestUri!.AbsolutePath));
            return new(status) { Content = new StringContent(ApiJson.Write(answer), Encoding.UTF8, "application/json") };
        }

        private static object Read(string path) => path == "/api/funnels"
            ? new PageView<FunnelView>([Funnel("own", Crm), Funnel("same", Crm), Funnel("other", Guid.CreateVersion7()), Funnel("empty", Crm)], null)
            : Draft(path.Split('/')[3]);

        private static FunnelView Funnel(string slug, Guid connection) => new(Guid.CreateVersion7(), slug, slug, connection, "crm", 1, null, null, true, default, default);

        private static DraftView Draft(string slug)
        {
            Stage[] stages = slug == "empty" ? [] : [new(slug == "same" ? Stage : new("9", "9"), "Новая")];
            return new(Guid.Empty, slug, slug, Crm, "crm", 1, null, null, FunnelJson.ToJson(new FunnelDocument { Slug = slug, Name = slug, Stages = stages }), null, null, [], []);
        }

        private (HttpStatusCode, object) Take(JObject change)
        {
            if (Refusal is { } refusal) return (HttpStatusCode.Conflict, new ProblemBody("urn:funnel:error:draft_conflict", refusal, 409, "draft_conflict", "", null));
            Changes.Add(change);
            return (HttpStatusCode.OK, new DraftChanged(2, 1, null, null, [], [], []));
        }
    }
}
