using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

// Inputs, outputs and variables of an execution.
internal sealed partial class Execution
{
    private const string CompositeOutputs = "$outputs";
    private RunScope? _scope;
    private object?[]? _values;
    private HashSet<object>? _hidden;

    /// <summary>Evaluated inputs by position, as JSON; null where none is.</summary>
    public JToken?[] Tokens { get; } = node.Inputs.Length == 0 ? [] : new JToken?[node.Inputs.Length];

    public override IExpressionScope ExpressionScope => _scope ??= new RunScope(this);

    public override T? Get<T>(Input<T>? input) where T : default
    {
        if (input is null) return default;
        var index = Node.IndexOf(input);
        if (index < 0 || Tokens[index] is not { } token) return default;
        if (Node.Inputs[index].IsShared && ReferenceEquals(token, Node.Inputs[index].Constant)) return (T?)Node.Inputs[index].Value;
        var values = _values ??= new object?[Tokens.Length];
        return (T?)(values[index] ??= ConvertTo(token, typeof(T), Node.Inputs[index].Descriptor.Name));
    }

    /// <summary>An expression keeps it out of the journal. Until that is asked, in each step anew, all that it decides on stays out.</summary>
    /// <param name="of">An input or an output of its node, or the node for what it says.</param>
    public bool Hides(object of) => Node.LogQuestions is { } questions && (_hidden?.Contains(of) ?? questions.Any(question => ReferenceEquals(question.Of, of)));

    /// <inheritdoc cref="PlanNode.IsQuiet"/>
    public bool IsQuiet => Node.IsQuiet || Hides(Node);

    /// <summary>Evaluates the inputs that have no value yet and are evaluated beforehand.</summary>
    public async ValueTask EvaluateInputsAsync()
    {
        if (Node.LogQuestions is { } questions) _hidden ??= await LogQuestion.AskAsync(questions, this);
        for (var i = 0; i < Tokens.Length; i++)
        {
            var input = Node.Inputs[i];
            if (Tokens[i] is not null || !input.Descriptor.Attribute.AutoEvaluate) continue;
            if (Edited(input) is { } edited)
            {
                Tokens[i] = edited;
                continue;
            }
            if (input.Constant is not null)
            {
                Tokens[i] = input.Constant;
                continue;
            }
            Tokens[i] = await Burst.Expressions.EvaluateAsync(this, input);
            (_values ??= new object?[Tokens.Length])[i] = ConvertTo(Tokens[i]!, input.Descriptor.Type, input.Descriptor.Name);
        }

        if (Node.Retries is { } retries) Retries ??= await retries.DecideAsync(this);
    }

    // A person's value stands in place of the expression.
    private JToken? Edited(PlanInput input) => Burst.Edits is { } edits ? RunEdits.Input(edits, NodeId, input.Descriptor.JsonName) : null;

    public override ValueTask<JToken> EvaluateAsync(Expression expression, bool canContainSecrets = false) => Burst.Expressions.EvaluateAsync(this, expression, null, "expression", !canContainSecrets);

    public override async ValueTask<T?> EvaluateAsync<T>(Input<T>? input) where T : default
    {
        if (input is null) return default;
        var planned = Node.Find(input);
        var token = planned is not null && Edited(planned) is { } edited ? edited
            : planned is { Constant: { } constant } ? constant
            : planned is not null ? await Burst.Expressions.EvaluateAsync(this, planned)
            : await EvaluateAsync(input.Expression);
        return (T?)ConvertTo(token, typeof(T), planned?.Descriptor.Name ?? "expression");
    }

    public override void Set<T>(Output<T>? output, T? value) where T : default
    {
        if (output is null) return;
        var planned = Array.Find(Node.Outputs, candidate => ReferenceEquals(candidate.Output, output));
        if (planned is not null) Store(planned, JsonText.From(value));
        else if (output.MemoryReference is { Id: { Length: > 0 } id }) SetVariable(id, JsonText.From(value));
    }

    /// <summary>Inputs of the workflow that it belongs to.</summary>
    public JObject Given => Composite is { } composite ? composite.Arguments : Burst.Input;

    private JObject Arguments
    {
        get
        {
            var arguments = new JObject();
            for (var i = 0; i < Tokens.Length; i++)
                if ((Tokens[i] ?? Node.Inputs[i].Constant) is { } value) arguments[Node.Inputs[i].Descriptor.Name] = value;
            return arguments;
        }
    }

    /// <summary>An output of the workflow that it belongs to, as it stands; JSON null before it is set.</summary>
    public JToken WorkflowOutput(string name) => (Composite is { } composite ? composite.State?[CompositeOutputs]?[name] : Burst.Outputs[name]) ?? JValue.CreateNull();

    public void SetOutput(string name, JToken value)
    {
        if (Array.Find(Node.Outputs, candidate => candidate.Name == name) is { } planned) Store(planned, value);
    }

    public override void SetResult(object? value) => SetOutput("Result", JsonText.From(value));

    public override void SetWorkflowOutput(string name, JToken value)
    {
        if (Composite is not { } composite)
        {
            Burst.Outputs[name] = JsonText.Normalize(value);
            return;
        }

        var state = composite.State ??= [];
        if (state[CompositeOutputs] is not JObject outputs) state[CompositeOutputs] = outputs = [];
        outputs[name] = JsonText.Normalize(value);
        composite.SetOutput(name, outputs[name]!.DeepClone());
    }

    public override JToken GetVariable(string name)
    {
        for (var execution = this; execution is not null; execution = execution.Parent)
            if (execution.OwnVariables?[name] is { } value) return value;
        return JValue.CreateNull();
    }

    public override void SetVariable(string name, JToken value)
    {
        var execution = this;
        while (execution.Parent is not null && execution.OwnVariables?.ContainsKey(name) != true) execution = execution.Parent;
        var declared = execution.Node.Variables.FirstOrDefault(variable => variable.Name == name);
        (execution.OwnVariables ??= [])[name] = declared is null ? JsonText.Normalize(value) : Fit(value, declared);
    }

    public override void SetOwnVariable(string name, JToken value) => (OwnVariables ??= [])[name] = JsonText.Normalize(value);

    /// <summary>Gives the variables that the activity declares their first values.</summary>
    public void DeclareVariables()
    {
        foreach (var variable in Node.Variables) (OwnVariables ??= [])[variable.Name] = variable.Value;
    }

    private void Store(PlanOutput target, JToken value)
    {
        Burst.Results.Keep(this, target.Name, value);
        if (target.Variable is not null) SetVariable(target.Variable, value);
        else if (target.WorkflowOutput is not null) SetWorkflowOutput(target.WorkflowOutput, value);
        if (target.IsOpen && !Hides(target)) Burst.Facts.Gave(this, target.Name, value);
    }

    private object? ConvertTo(JToken token, Type type, string name)
    {
        try
        {
            return ValueConverter.Convert(token, type, TimeZone);
        }
        catch (Exception cause) when (cause is FormatException or Newtonsoft.Json.JsonException)
        {
            throw new ActivityFaultException("input_invalid", $"{name}: {cause.Message}", cause);
        }
    }

    private static JToken Fit(JToken value, Variable variable)
    {
        try
        {
            return VariableTypes.Convert(value, variable);
        }
        catch (FormatException cause)
        {
            throw new ActivityFaultException("variable_invalid", $"Variable {variable.Name} is {variable.TypeName}: {cause.Message}", cause);
        }
    }
}
