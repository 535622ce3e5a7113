using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <summary>One row: a visit in that state stands in that stage.</summary>
/// <param name="Stage">Id or shown name.</param>
/// <param name="PipelineId">Empty: the pipeline of the deal.</param>
internal sealed record StateRow(VisitState State, string Stage, string? PipelineId = null);

/// <summary>Visit states and stages, both ways. Of several states on one stage the first row is the one that is written.</summary>
internal sealed class StateMap(IReadOnlyList<StateRow> rows, IReadOnlyList<CrmStage> stages)
{
    private static readonly StateRow[] Defaults =
    [
        new(VisitState.Confirmed, "Подтвердил запись"),
        new(VisitState.Arrived, "Клиент пришел"),
        new(VisitState.Done, "Клиент пришел"),
        new(VisitState.NoShow, "Клиент не пришел"),
        new(VisitState.Cancelled, "Отменил запись"),
    ];

    public static IReadOnlyList<StateRow> Rows(JToken? input) => Tokens.Read<List<StateRow>>(input) is { Count: > 0 } rows ? rows : Defaults;

    /// <summary>Null when the map says nothing of the state.</summary>
    public CrmStage? StageOf(VisitState state, string? pipelineId) =>
        rows.Where(row => row.State == state).Select(row => Find(row, pipelineId)).FirstOrDefault(stage => stage is not null);

    /// <summary>Null when the map says nothing of the stage.</summary>
    public VisitState? StateOf(string? pipelineId, string? stageId) =>
        rows.FirstOrDefault(row => Find(row, pipelineId) is { } stage && stage.PipelineId == pipelineId && stage.Id == stageId)?.State;

    /// <summary>Whether a visit in that state may stand in that stage.</summary>
    public bool Agree(VisitState state, string? pipelineId, string? stageId) =>
        rows.Any(row => row.State == state && Find(row, pipelineId) is { } stage && stage.PipelineId == pipelineId && stage.Id == stageId);

    private CrmStage? Find(StateRow row, string? pipelineId)
    {
        var pipeline = string.IsNullOrEmpty(row.PipelineId) ? pipelineId : row.PipelineId;
        return stages.FirstOrDefault(stage => stage.PipelineId == pipeline && (stage.Id == row.Stage || Same(stage.Name, row.Stage)));
    }

    // People write «пришёл» and «пришел».
    private static bool Same(string left, string right) =>
        string.Equals(left.Replace('ё', 'е').Trim(), right.Replace('ё', 'е').Trim(), StringComparison.OrdinalIgnoreCase);
}
