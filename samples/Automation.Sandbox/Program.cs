using Automation.Sandbox;
using Microsoft.Extensions.FileProviders;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var address = builder.Configuration["urls"] ?? "http://127.0.0.1:5081";
builder.WebHost.UseUrls(address);
await using var world = new World(address, TimeProvider.System);
var app = builder.Build();

app.Use(async (context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    context.Response.Headers.XContentTypeOptions = "nosniff";
    context.Response.Headers["Referrer-Policy"] = "no-referrer";
    await next(context);
});
app.MapGet("/", () => Results.Redirect(World.Root));
var pages = Path.Combine(AppContext.BaseDirectory, "wwwroot");
foreach (var page in new[] { "phone", "calendar", "users", "hooks" })
    app.MapGet($"{World.Root}/{page}", () => Results.File(Path.Combine(pages, "index.html"), "text/html; charset=utf-8"));
app.UseFileServer(new FileServerOptions
{
    FileProvider = new PhysicalFileProvider(pages),
    RequestPath = World.Root,
    RedirectToAppendTrailingSlash = false,
});
app.UseRouting();
world.Map(app);
UiDeals.Map(app, world);
UiWorld.Map(app, world);
LiveStream.Map(app, world);
await app.StartAsync();
world.Print(app.Urls.First(), Console.Out);
// A product that started it keeps its input open; when that process ends, however it ends, so does the sandbox.
if (builder.Configuration["until-input-closes"] == "true")
    _ = Task.Run(async () =>
    {
        while (await Console.In.ReadLineAsync() is not null) { }
        await app.StopAsync();
    });
await app.WaitForShutdownAsync();
