using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>Says everything that is wrong with a funnel document, with the places. An empty list means it can be published.</summary>
public sealed class FunnelValidator(IExpressionEvaluator evaluator, IWorkflowInterpreter interpreter, ActivityRegistry registry)
{
    private readonly TriggerValidator triggers = new(evaluator, interpreter, registry);

    /// <param name="calendars">Names of working calendars that can be used.</param>
    /// <param name="composites">The account's workflows that are steps of others; null for none.</param>
    public async Task<IReadOnlyList<FunnelProblem>> CheckAsync(FunnelDocument document, CrmDirectory? directory, IReadOnlySet<string> calendars, AccountComposites? composites, CancellationToken cancellationToken)
    {
        var problems = new List<FunnelProblem>();
        if (document.Format != FunnelDocument.CurrentFormat) Add("format", $"This is '{document.Format}'; the format here is '{FunnelDocument.CurrentFormat}'.", $"Это формат «{document.Format}», а здесь читается «{FunnelDocument.CurrentFormat}».");
        if (document.Slug.Length is 0 or > 64 || !document.Slug.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')) Add("slug", "The short name takes 1 to 64 Latin letters, digits, '-' and '_'.", "Короткое имя: от 1 до 64 латинских букв, цифр, «-» и «_».");
        if (string.IsNullOrWhiteSpace(document.Name)) Add("name", "The funnel needs a name.", "Назовите воронку.");
        var known = directory?.Pipelines.SelectMany(pipeline => pipeline.Stages.Select(stage => new StageRef(pipeline.Id, stage.Id))).ToHashSet();
        for (var i = 0; i < document.Stages.Count; i++)
            if (known is not null && !known.Contains(document.Stages[i].Ref)) Add($"stages[{i}]", $"The CRM has no stage {document.Stages[i].Ref} («{document.Stages[i].Name}»).", $"В CRM нет этапа «{document.Stages[i].Name}» ({document.Stages[i].Ref}).");

        var against = new TriggerSurroundings(directory, known, calendars, composites);
        var reading = new StepReading(evaluator);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Triggers.Count; i++)
        {
            var (trigger, path) = (document.Triggers[i], $"triggers[{i}]");
            if (trigger.Id.Length is 0 or > 64) Add($"{path}.id", "A trigger's id takes 1 to 64 characters.", "Идентификатор карточки: от 1 до 64 знаков.");
            else if (!ids.Add(trigger.Id)) Add($"{path}.id", $"Two triggers have the id '{trigger.Id}'.", $"У двух карточек один идентификатор «{trigger.Id}».");
            foreach (var problem in await triggers.CheckAsync(trigger, against, reading, cancellationToken)) problems.Add(problem with { Path = $"{path}.{problem.Path}" });
        }

        return problems;

        void Add(string path, string message, string? ru = null) => problems.Add(new(path, "definition_invalid", message, Ru: ru));
    }
}
