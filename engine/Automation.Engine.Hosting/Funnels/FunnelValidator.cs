using System.Globalization;
using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Hosting.Timers;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>Says everything that is wrong with a funnel document, with the places. An empty list means it can be published.</summary>
public sealed class FunnelValidator(IExpressionEvaluator evaluator, IWorkflowInterpreter interpreter)
{
    /// <param name="calendars">Names of working calendars that can be used.</param>
    public async Task<IReadOnlyList<FunnelProblem>> CheckAsync(FunnelDocument document, CrmDirectory? directory, IReadOnlySet<string> calendars, CancellationToken cancellationToken)
    {
        var problems = new List<FunnelProblem>();
        if (document.Format != FunnelDocument.CurrentFormat) Add("format", $"This is '{document.Format}'; the format here is '{FunnelDocument.CurrentFormat}'.", $"Это формат «{document.Format}», а здесь читается «{FunnelDocument.CurrentFormat}».");
        if (document.Slug.Length is 0 or > 64 || !document.Slug.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')) Add("slug", "The short name takes 1 to 64 Latin letters, digits, '-' and '_'.", "Короткое имя: от 1 до 64 латинских букв, цифр, «-» и «_».");
        if (string.IsNullOrWhiteSpace(document.Name)) Add("name", "The funnel needs a name.", "Назовите воронку.");
        var known = directory?.Pipelines.SelectMany(pipeline => pipeline.Stages.Select(stage => new StageRef(pipeline.Id, stage.Id))).ToHashSet();
        for (var i = 0; i < document.Stages.Count; i++)
            if (known is not null && !known.Contains(document.Stages[i].Ref)) Add($"stages[{i}]", $"The CRM has no stage {document.Stages[i].Ref} («{document.Stages[i].Name}»).", $"В CRM нет этапа «{document.Stages[i].Name}» ({document.Stages[i].Ref}).");

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Triggers.Count; i++)
        {
            var (trigger, path) = (document.Triggers[i], $"triggers[{i}]");
            if (trigger.Id.Length is 0 or > 64) Add($"{path}.id", "A trigger's id takes 1 to 64 characters.", "Идентификатор карточки: от 1 до 64 знаков.");
            else if (!ids.Add(trigger.Id)) Add($"{path}.id", $"Two triggers have the id '{trigger.Id}'.", $"У двух карточек один идентификатор «{trigger.Id}».");
            CheckWhen(trigger.When, $"{path}.when", known);
            if (trigger.Debounce is { } debounce && (debounce.Within is not { Ticks: > 0 } within || within > TimeSpan.FromDays(30))) Add($"{path}.debounce.within", "Say how close together events have to be to count as one: 10m, 2h; at most 30d.", "Укажите, насколько близкие события считать одним: 10m, 2h; не больше 30d.");
            if (trigger.If is { } condition)
            {
                if (condition.Language is not (ExpressionTypes.NCalc or ExpressionTypes.JavaScript)) Add($"{path}.if.language", "A condition is written in NCalc or JavaScript.", "Условие пишется формулой или на JavaScript.");
                else if (await evaluator.ValidateAsync(condition.ToExpression(), EventScope.Names, cancellationToken) is { } error) problems.Add(Of($"{path}.if.text", MeantField.Explain(error, directory)));
            }

            if (trigger.Then is null && trigger.DefinitionVersionId is null) Add($"{path}.then", "The trigger needs a workflow.", "Карточка ничего не делает: добавьте действие.");
            else if (trigger.Then is { } then) CheckWorkflow(then, $"{path}.then");
        }

        return problems;

        void Add(string path, string message, string? ru = null) => problems.Add(new(path, "definition_invalid", message, Ru: ru));

        void CheckWhen(When when, string path, HashSet<StageRef>? stages)
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
            if (calendar is not null && !calendars.Contains(calendar)) problems.Add(new(path, CalendarInvalidException.Code, $"There is no working calendar '{calendar}'; there are {string.Join(", ", calendars.Order(StringComparer.Ordinal))}.", Ru: $"Нет рабочего календаря «{calendar}»."));
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

        static string WordsOf(DefinitionProblem problem) => problem.Code switch
        {
            "root_missing" => "Карточка ничего не делает: добавьте действие.",
            "id_repeated" => "Два шага имеют один идентификатор: откройте схему и удалите лишний.",
            "composite_loop" => "Сценарий вызывает сам себя.",
            "value_invalid" => $"Значение не подходит: {problem.Message}",
            _ => $"Шаг записан неверно: {problem.Message}",
        };

        void CheckWorkflow(Newtonsoft.Json.Linq.JObject then, string path)
        {
            try
            {
                interpreter.Compile(new("check", "check", 1, then));
                foreach (var wait in CalendarUses.Waits(then)) CheckWait(wait, $"{path}.{wait.Path}");
            }
            catch (DefinitionInvalidException e)
            {
                problems.AddRange(e.Problems.Select(problem => new FunnelProblem($"{path}.{problem.Path}", problem.Code, problem.Message, Ru: WordsOf(problem))));
            }
        }
    }
}
