namespace Automation.Simulators.AmoCrm;

/// <summary>The account's memory. Guarded by the simulator's lock.</summary>
internal sealed class AmoState
{
    private readonly Dictionary<AmoKind, SortedDictionary<long, AmoEntity>> entities =
        AmoKinds.All.ToDictionary(kind => kind, _ => new SortedDictionary<long, AmoEntity>());

    private long nextId = 40_300_000;

    public List<AmoUser> Users { get; } = [];
    public List<AmoGroup> Groups { get; } = [new(0, "Отдел продаж")];
    public List<AmoPipeline> Pipelines { get; } = [];
    public Dictionary<AmoKind, List<AmoField>> Fields { get; } = AmoKinds.All.ToDictionary(kind => kind, _ => new List<AmoField>());
    public Dictionary<AmoKind, List<AmoTag>> Tags { get; } = AmoKinds.All.ToDictionary(kind => kind, _ => new List<AmoTag>());
    public List<AmoLink> Links { get; } = [];
    public SortedDictionary<long, AmoNote> Notes { get; } = [];
    public SortedDictionary<long, AmoTask> Tasks { get; } = [];
    public Dictionary<string, AmoFile> Files { get; } = [];
    public List<AmoUnsorted> Unsorted { get; } = [];
    public List<AmoEvent> Events { get; } = [];
    public Dictionary<string, string> Uploads { get; } = [];

    public SortedDictionary<long, AmoEntity> Of(AmoKind kind) => entities[kind];

    public AmoEntity? Find(AmoKind kind, long id) => entities[kind].GetValueOrDefault(id);

    public long NewId() => ++nextId;

    /// <summary>Looks the tag up by id or name; an unknown name becomes a new tag of the directory.</summary>
    public AmoTag? Tag(AmoKind kind, long? id, string? name, string? color = null)
    {
        var tags = Tags[kind];
        var found = tags.Find(tag => id is not null ? tag.Id == id : string.Equals(tag.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found is not null || string.IsNullOrWhiteSpace(name))
            return found;
        var created = new AmoTag(NewId(), name, kind == AmoKind.Leads ? color : null);
        tags.Add(created);
        return created;
    }

    public AmoField? Field(AmoKind kind, long id) => Fields[kind].Find(field => field.Id == id);

    public AmoStatus? Status(long pipelineId, long statusId) =>
        Pipelines.Find(pipeline => pipeline.Id == pipelineId)?.Statuses.FirstOrDefault(status => status.Id == statusId);

    public IEnumerable<(AmoKind Kind, long Id, bool IsMain)> LinkedTo(AmoKind kind, long id) => Links
        .Where(link => (link.From == kind && link.FromId == id) || (link.To == kind && link.ToId == id))
        .Select(link => link.From == kind && link.FromId == id ? (link.To, link.ToId, link.IsMain) : (link.From, link.FromId, link.IsMain));
}
