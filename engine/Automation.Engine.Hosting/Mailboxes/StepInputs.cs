using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Reads of one step: each key calls out once and is recorded, so that replay sees the same.</summary>
public sealed class RecordedInputs : IStepInputs
{
    private readonly Dictionary<string, JToken> recorded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JToken> before;
    private readonly bool replaying;
    private readonly Trials.TrialReads? trial;

    public RecordedInputs() => before = [];

    /// <summary>Answers from a journal row; a key that it does not hold is a mismatch.</summary>
    public RecordedInputs(JObject journaled)
    {
        before = journaled.Properties().ToDictionary(input => input.Name, input => input.Value, StringComparer.Ordinal);
        replaying = true;
    }

    /// <summary>Reads of a trial's step, which calls nobody.</summary>
    internal RecordedInputs(Trials.TrialReads trial) => (before, this.trial) = ([], trial);

    /// <summary>What was read, for the journal row of the step.</summary>
    public JObject ToJson() => new(recorded.Select(input => new JProperty(input.Key, input.Value)));

    public bool IsEmpty => recorded.Count == 0;

    public async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read, CancellationToken cancellationToken)
    {
        if (recorded.TryGetValue(key, out var known)) return known.DeepClone();
        if (!before.TryGetValue(key, out var value))
            value = replaying ? throw new InvalidOperationException($"The journal holds no answer for '{key}'.") : await (trial is null ? read(cancellationToken) : trial.ReadAsync(key, read, cancellationToken));
        recorded[key] = value.DeepClone();
        return value;
    }
}
