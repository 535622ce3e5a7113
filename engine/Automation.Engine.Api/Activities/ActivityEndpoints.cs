using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Activities;

internal static class ActivityEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/activities", ListAsync).WithSummary("Activities with their inputs, choices and exits, as forms are made from them").Produces<PageView<ActivityView>>();

    private static async Task<IResult> ListAsync(
        HttpContext context, AccountActivityCatalog catalog, AccountDirectory accounts, InputListReader lists, string? connection, string? lang)
    {
        var account = context.Account();
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var forms = new ActivityForms(english, await lists.ReadAsync(account, english, connection, context.RequestAborted));
        // The newest version of each: a step that stands on an older one keeps it.
        var known = (await catalog.ReadAsync(account, context.RequestAborted)).Descriptors.GroupBy(one => one.TypeName, StringComparer.Ordinal).Select(versions => versions.MaxBy(one => one.Version)!);
        var views = new List<(int Rank, ActivityView View)>();
        foreach (var activity in known) views.Add((ActivityForms.Rank(activity), forms.Of(activity, await ProvidedAsync(activity, context))));
        return new JsonAnswer(new PageView<ActivityView>([.. views.OrderBy(one => one.Rank).ThenBy(one => one.View.Category, StringComparer.CurrentCulture).ThenBy(one => one.View.Name, StringComparer.CurrentCulture).Select(one => one.View)], null));
    }

    private static async Task<Dictionary<string, IReadOnlyList<InputOption>>?> ProvidedAsync(ActivityDescriptor activity, HttpContext context)
    {
        Dictionary<string, IReadOnlyList<InputOption>>? lists = null;
        foreach (var input in activity.Inputs.Where(input => input.Attribute.OptionsProvider is not null))
        {
            try
            {
                (lists ??= new(StringComparer.Ordinal))[input.Name] = await OptionLists.ReadAsync(input, context.RequestServices, context.Account(), context.RequestAborted);
            }
            catch (ProblemException)
            {
                // One plug-in's list that cannot be had leaves its field to be written by hand; the other forms are whole.
            }
        }

        return lists;
    }
}
