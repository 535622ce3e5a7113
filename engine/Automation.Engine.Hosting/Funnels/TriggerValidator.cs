using System.Globalization;
using System.Runtime.CompilerServices;
using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>What a trigger is checked against.</summary>
/// <param name="Directory">Null while nobody has read the CRM's.</param>
/// <param name="Stages">Of the CRM; null while nobody has read them.</param>
/// <param name="Calendars">Names of working calendars that can be used.</param>
/// <param name="Composites">The account's workflows that are steps of others; null for none.</param>
internal sealed record TriggerSurroundings(CrmDirectory? Directory, IReadOnlySet<StageRef>? Stages, IReadOnlySet<string> Calendars, AccountComposites? Composites)
{
    public bool AreAs(TriggerSurroundings other) => ReferenceEquals(Directory, other.Directory) && ReferenceEquals(Composites, other.Composites) && Calendars.SetEquals(other.Calendars);
}

/// <summary>Says everything that is wrong with one trigger, with places below it. A trigger that it has seen before, in the same surroundings, is not checked again: its workflow is not compiled anew at every change of another card.</summary>
internal sealed class TriggerValidator(IExpressionEvaluator evaluator, IWorkflowInterpreter interpreter, ActivityRegistry registry)
{
    private readonly ConditionalWeakTable<FunnelTrigger, Judged> known = [];

    public async ValueTask<IReadOnlyList<FunnelProblem>> CheckAsync(FunnelTrigger trigger, TriggerSurroundings against, StepReading reading, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(trigger, out var judged) && judged.Against.AreAs(against)) return judged.Problems;
        var before = reading.LeftOut;
        var problems = await JudgeAsync(trigger, against, reading, cancellationToken);
        // That nobody had time to look is no judgement.
        if (reading.LeftOut == before && problems.All(problem => problem.Code != ExpressionCodes.ScriptUnavailable)) known.AddOrUpdate(trigger, new(against, problems));
        return problems;
    }

    private async Task<IReadOnlyList<FunnelProblem>> JudgeAsync(FunnelTrigger trigger, TriggerSurroundings against, StepReading reading, CancellationToken cancellationToken)
    {
        var problems = new List<FunnelProblem>();
        CheckWhen(trigger.When, "when", against.Stages);
        if (trigger.Debounce is { } debounce && (debounce.Within is not { Ticks: > 0 } within || within > TimeSpan.FromDays(30))) Add("debounce.within", "Say how close together events have to be to count as one: 10m, 2h; at most 30d.", "Укажите, насколько близкие события считать одним: 10m, 2h; не больше 30d.");
        if (trigger.If is { } condition)
        {
            if (condition.Language is not (ExpressionTypes.NCalc or ExpressionTypes.JavaScript)) Add("if.language", "A condition is written in NCalc or JavaScript.", "Условие пишется формулой или на JavaScript.");
            else if (await evaluator.ValidateAsync(condition.ToExpression(), EventScope.Names, cancellationToken) is { } error) problems.Add(Of("if.text", MeantField.Explain(error, against.Directory)));
        }

        if (trigger.Then is null && trigger.DefinitionVersionId is null) Add("then", "The trigger needs a workflow.", "Карточка ничего не делает: добавьте действие.");
        else if (trigger.Then is { } then)
        {
            CheckWorkflow(then, "then");
            foreach (var found in await reading.UnreadableAsync(then, new(registry, against.Composites), cancellationToken)) problems.Add(Unreadable($"then.{found.Path}", found));
        }

        return problems;

        void Add(string path, string message, string? ru = null) => problems.Add(new(path, "definition_invalid", message, Ru: ru));

        void CheckWhen(When when, string path, IReadOnlySet<StageRef>? stages)
        {
            if (!TriggerEvents.All.Contains(when.Event)) Add($"{path}.event", $"'{when.Event}' is not an event; choose one of {string.Join(", ", TriggerEvents.All)}.", $"Нет события «{when.Event}».");
            foreach (var stage in when.Stages.Where(stage => stages is not null && !stages.Contains(stage))) Add($"{path}.stages", $"The CRM has no stage {stage}.", $"В CRM нет этапа {stage}: выберите этапы заново.");
            if (when.Event == TriggerEvents.DateField && string.IsNullOrEmpty(when.Field)) Add($"{path}.field", "Name the field that holds the date.", "Выберите поле с датой.");
            if (when.Event == TriggerEvents.Schedule && (when.Cron is null || !Cron.IsValid(when.Cron))) Add($"{path}.cron", "A schedule needs a cron expression of six fields, seconds first: 0 0 10 ? * MON-FRI.", "Расписание записывается шестью полями, сначала секунды: 0 0 10 ? * MON-FRI.");
            var timing = when.Timing;
            if (timing.Kind == TimingKind.After && timing.Delay is not { IsZero: false, IsNegative: false }) Add($"{path}.timing.delay", "Say how long after: 15m, 2h, 3d, or in working time 3wh, 2wd.", "Укажите, через сколько: например 15 минут, 2 часа или 3 рабочих дня.");
            CheckCalendar(timing.Calendar, $"{path}.timing.calendar");
            CheckActive(when.Active, $"{path}.active");
            if ((timing.Calendar ?? timing.Manager) is not null && timing.Delay is not { Working: true }) Add($"{path}.timing.{(timing.Calendar is null ? "manager" : "calendar")}", "A calendar or a manager counts only with a delay in working time: 30wm, 3wh, 2wd.", "Календарь и график сотрудника действуют только для задержки в рабочем времени.");
            if (timing.Kind == TimingKind.DailyAt && !TimeOnly.TryParseExact(timing.At, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) Add($"{path}.timing.at", "Say at what time: HH:mm.", "Укажите время: ЧЧ:ММ.");
            if (timing.Kind == TimingKind.DateField && when.Event != TriggerEvents.DateField && string.IsNullOrEmpty(timing.Field)) Add($"{path}.timing.field", "Name the field that holds the date.", "Выберите поле с датой.");
        }

        void CheckActive(ActiveHours? hours, string path)
        {
            if (hours is null) return;
            if (hours is { Calendar: null, Week: null } or { Calendar: not null, Week: not null }) Add(path, "Name a working calendar, or the hours of a week: mon-fri 09:00-18:00.", "Выберите рабочий календарь или часы недели: mon-fri 09:00-18:00.");
            CheckCalendar(hours.Calendar, $"{path}.calendar");
            try
            {
                if (hours.Week is { } week) CalendarCompiler.Compile("", new() { Week = week }, _ => null, "UTC");
            }
            catch (CalendarInvalidException e)
            {
                Add($"{path}.week", e.Problems[0].Message);
            }
        }

        void CheckCalendar(string? calendar, string path)
        {
            if (calendar is not null && !against.Calendars.Contains(calendar)) problems.Add(new(path, CalendarInvalidException.Code, $"There is no working calendar '{calendar}'; there are {string.Join(", ", against.Calendars.Order(StringComparer.Ordinal))}.", Ru: $"Нет рабочего календаря «{calendar}»."));
        }

        void CheckWait(CalendarUse wait, string path)
        {
            CheckCalendar(wait.Calendar, $"{path}.calendar");
            try
            {
                if (wait.Duration is { } duration) MomentText.Parse(duration);
            }
            catch (FormatException e)
            {
                Add($"{path}.duration", e.Message);
            }
        }

        static FunnelProblem Of(string path, ExpressionError error) =>
            new(path, error.Code, error.Message, error.Line, error.Column, $"Условие не читается{(error.Column is { } column ? $", место {column}" : "")}: {error.In(english: false)}") { UnknownPath = error.UnknownPath };

        static FunnelProblem Unreadable(string path, UnreadableInput found)
        {
            var (activity, input, error) = (found.Activity, found.Input, found.Error);
            return new(path, error.Code, $"The step “{activity.DisplayName}”: “{input.DisplayName}” cannot be read{(error.Line is { } line ? $" (line {line})" : "")}: {error.Message}", error.Line, error.Column,
                $"Шаг «{activity.DisplayNameRu ?? activity.DisplayName}»: «{input.Attribute.DisplayNameRu ?? input.DisplayName}» не читается{(error.Line is { } row ? $", строка {row}" : "")}: {error.In(english: false)}");
        }

        static string WordsOf(DefinitionProblem problem) => problem.Code switch
        {
            "root_missing" => "Карточка ничего не делает: добавьте действие.",
            "id_repeated" => "Два шага имеют один идентификатор: откройте схему и удалите лишний.",
            "composite_loop" => "Сценарий вызывает сам себя.",
            FunnelStart.Code => "В сценарии лежит шаг «Триггер воронки»: карточка показывает его только на схеме. Откройте схему и примените её снова.",
            "value_invalid" => $"Значение не подходит: {problem.Message}",
            _ => $"Шаг записан неверно: {problem.Message}",
        };

        void CheckWorkflow(Newtonsoft.Json.Linq.JObject then, string path)
        {
            try
            {
                FunnelStart.Refuse(then);
                interpreter.Compile(new("check", "check", 1, then));
                foreach (var wait in CalendarUses.Waits(then)) CheckWait(wait, $"{path}.{wait.Path}");
            }
            catch (DefinitionInvalidException e)
            {
                problems.AddRange(e.Problems.Select(problem => new FunnelProblem($"{path}.{problem.Path}", problem.Code, problem.Message, Ru: WordsOf(problem))));
            }
        }
    }

    private sealed record Judged(TriggerSurroundings Against, IReadOnlyList<FunnelProblem> Problems);
}
