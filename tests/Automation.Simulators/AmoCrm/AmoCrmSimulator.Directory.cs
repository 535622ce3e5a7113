using System.Collections.Immutable;

namespace Automation.Simulators.AmoCrm;

public sealed partial class AmoCrmSimulator
{
    public IReadOnlyList<AmoUser> Users { get { lock (Gate) return [.. state.Users]; } }

    public IReadOnlyList<AmoPipeline> Pipelines { get { lock (Gate) return [.. state.Pipelines]; } }

    public IReadOnlyList<AmoField> Fields(AmoKind kind)
    {
        lock (Gate)
            return [.. state.Fields[kind]];
    }

    public IReadOnlyList<AmoTag> Tags(AmoKind kind)
    {
        lock (Gate)
            return [.. state.Tags[kind]];
    }

    /// <summary>The first administrator; the long-lived token acts as this user. 0 while there are no users.</summary>
    public long AdminId
    {
        get
        {
            lock (Gate)
                return (state.Users.Find(user => user.IsAdmin) ?? state.Users.FirstOrDefault())?.Id ?? 0;
        }
    }

    public AmoUser AddUser(string name, string email, long? id = null, long groupId = 0, bool isAdmin = false)
    {
        lock (Gate)
        {
            var user = new AmoUser(id ?? state.NewId(), name, email, groupId, isAdmin);
            state.Users.Add(user);
            return user;
        }
    }

    public void SetUserActive(long id, bool isActive)
    {
        lock (Gate)
        {
            var index = state.Users.FindIndex(user => user.Id == id);
            state.Users[index] = state.Users[index] with { IsActive = isActive };
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    public AmoGroup AddGroup(long id, string name)
    {
        lock (Gate)
        {
            var group = new AmoGroup(id, name);
            state.Groups.RemoveAll(other => other.Id == id);
            state.Groups.Add(group);
            return group;
        }
    }

    /// <summary>Adds a pipeline; stages 142 and 143 and one for incoming leads (id of the pipeline + 1) are put in by the account.</summary>
    public AmoPipeline AddPipeline(long id, string name, params (long Id, string Name)[] stages)
    {
        lock (Gate)
        {
            string[] colors = ["#fffeb2", "#d6eaff", "#ffeab2", "#c1e0ff", "#f9deff", "#ebffb1"];
            ImmutableArray<AmoStatus> statuses =
            [
                new(id + 1, "Неразобранное", 10, "#f2f3f4", Type: 1),
                .. stages.Select((stage, i) => new AmoStatus(stage.Id, stage.Name, 20 + 10 * i, colors[i % colors.Length])),
                new(AmoPipeline.Won, "Успешно реализовано", 10_000, "#87f2c0"),
                new(AmoPipeline.Lost, "Закрыто и не реализовано", 11_000, "#e6e8ea"),
            ];
            var pipeline = new AmoPipeline(id, name, state.Pipelines.Count + 1, state.Pipelines.Count == 0, statuses);
            state.Pipelines.Add(pipeline);
            return pipeline;
        }
    }

    public AmoField AddField(AmoKind kind, AmoField field)
    {
        lock (Gate)
        {
            var added = field.Id == 0 ? field with { Id = state.NewId() } : field;
            state.Fields[kind].Add(added);
            return added;
        }
    }

    public AmoTag AddTag(AmoKind kind, string name, string? color = null)
    {
        lock (Gate)
            return state.Tag(kind, null, name, color)!;
    }
}
