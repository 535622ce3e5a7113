using System.Diagnostics.CodeAnalysis;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>What Elsa's activities call besides the context's own members; each is made of those.</summary>
public static class ContextExtensions
{
    extension(ActivityExecutionContext context)
    {
        /// <summary>The context itself: here one object is both, so <c>input.Get(context.ExpressionExecutionContext)</c> reads as in Elsa.</summary>
        public ActivityExecutionContext ExpressionExecutionContext => context;

        /// <summary>The run.</summary>
        public RunInfo WorkflowExecutionContext => context.Run;

        public T? GetService<T>() where T : class => (T?)context.Services.GetService(typeof(T));

        /// <summary>A value that the resume brought, or else the workflow's input of that name.</summary>
        /// <exception cref="FormatException">The value is no such thing.</exception>
        public T? GetWorkflowInput<T>(string name)
        {
            var brought = context.ActivityInput is JObject resumed && resumed.TryGetValue(name, StringComparison.OrdinalIgnoreCase, out var value) ? value : null;
            return (T?)ValueConverter.Convert(brought ?? context.WorkflowInput.GetValueOrDefault(name), typeof(T), context.TimeZone);
        }

        public T? Get<T>(Variable<T> variable) => variable.Get(context);

        public void Set<T>(Variable<T> variable, T? value) => variable.Set(context, value);

        /// <summary>Sets a variable to any value, kept as JSON.</summary>
        public void SetVariable(string name, object? value) => context.SetVariable(name, JsonText.From(value));

        /// <summary>A value of this execution's state; the default when there is none yet.</summary>
        public T? GetProperty<T>(string name) => (T?)ValueConverter.Convert(context.Properties.TryGetValue(name, out var value) ? value : null, typeof(T), context.TimeZone);

        public void SetProperty<T>(string name, T? value) => context.Properties[name] = JsonText.From(value);

        /// <summary>The executions around this one, the nearest first. None for an activity that runs after the commit.</summary>
        public IEnumerable<ActivityExecutionContext> GetAncestors()
        {
            for (var parent = context.ParentActivityExecutionContext; parent is not null; parent = parent.ParentActivityExecutionContext) yield return parent;
        }

        /// <summary>The executions below this one that have not ended, parents before children. None for an activity that runs after the commit.</summary>
        public IEnumerable<ActivityExecutionContext> GetDescendants() => context.Children.SelectMany(child => child.GetDescendants().Prepend(child));

        /// <summary>Runs several children at once, each with the same callback.</summary>
        public async ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ActivityCompletionCallback? callback = null)
        {
            foreach (var activity in activities) await context.ScheduleActivityAsync(activity, callback);
        }

        /// <summary>Runs several children at once, each with the same callback in Elsa's form.</summary>
        public async ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ActivityCompletedCallback callback)
        {
            foreach (var activity in activities) await context.ScheduleActivityAsync(activity, callback);
        }

        public Bookmark CreateBookmark(ExecuteActivityDelegate callback, bool includeActivityInstanceId) =>
            context.CreateBookmark(new CreateBookmarkArgs { Callback = callback, IncludeActivityInstanceId = includeActivityInstanceId });

        public Bookmark CreateBookmark(object stimulus, bool includeActivityInstanceId) =>
            context.CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, IncludeActivityInstanceId = includeActivityInstanceId });

        /// <param name="includeActivityInstanceId">False: the same stimulus hits it in every run that waits for it.</param>
        public Bookmark CreateBookmark(object stimulus, ExecuteActivityDelegate? callback, bool includeActivityInstanceId) =>
            context.CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Callback = callback, IncludeActivityInstanceId = includeActivityInstanceId });

        /// <summary>Waits for any of several stimuli. The others stay until the activity completes or clears them.</summary>
        public IReadOnlyList<Bookmark> CreateBookmarks(IEnumerable<object> stimuli, ExecuteActivityDelegate? callback = null, bool includeActivityInstanceId = true) =>
            [.. stimuli.Select(stimulus => context.CreateBookmark(stimulus, callback, includeActivityInstanceId))];

        /// <summary>Waits for a time; the wait is a row that survives restarts. Without a callback the activity then completes.</summary>
        public Bookmark DelayFor(TimeSpan delay, ExecuteActivityDelegate? callback = null) => context.DelayUntil(context.Now + delay, callback);

        /// <summary>Waits until an instant; the wait is a row that survives restarts. Without a callback the activity then completes.</summary>
        public Bookmark DelayUntil(DateTimeOffset resumeAt, ExecuteActivityDelegate? callback = null) =>
            context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new { ResumeAt = resumeAt }, Callback = callback, DueAt = resumeAt });

        public void AddExecutionLogEntry(string eventName, string? message, object? payload) => context.AddExecutionLogEntry(eventName, message, JsonText.From(payload));

        /// <summary>Ends the activity with an incident. Unlike Elsa's it throws: nothing after it runs.</summary>
        [DoesNotReturn]
        public void Fault(Exception exception) =>
            throw exception as ActivityFaultException ?? new ActivityFaultException("activity_failed", $"{context.Activity.Type} failed: {exception.GetType().Name}: {exception.Message}", exception);
    }

    /// <summary>The input's value, or the fallback when it has none.</summary>
    public static T? GetOrDefault<T>(this Input<T>? input, ActivityExecutionContext context, Func<T>? fallback = null) =>
        input is not null && context.Get(input) is { } value ? value : fallback is null ? default : fallback();
}
