using Automation.Engine.Expressions;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>What a <see cref="WorkflowBase"/> fills.</summary>
public interface IWorkflowBuilder
{
    string? DefinitionId { get; set; }
    string? Name { get; set; }
    string? Description { get; set; }
    IActivity? Root { get; set; }
    ICollection<Variable> Variables { get; }

    Variable<T> WithVariable<T>(string name, T? value = default);

    /// <returns>An expression that reads the input: <c>new Input&lt;string&gt;(builder.WithInput&lt;string&gt;("who"))</c>.</returns>
    Expression WithInput<T>(string name, string? description = null);

    /// <returns>Where an activity's output may go: <c>new Output&lt;string&gt; { MemoryReference = … }</c>.</returns>
    MemoryBlockReference WithOutput<T>(string name, string? description = null);
}

/// <summary>
/// A workflow written in code, as in Elsa. What it gives is a definition document: it is imported, versioned and opened in Studio like
/// any other, and the code is not asked again.
/// </summary>
public abstract class WorkflowBase
{
    protected abstract void Build(IWorkflowBuilder builder);

    /// <summary>The document, in the form of an export.</summary>
    /// <exception cref="InvalidOperationException">It sets no root.</exception>
    public JObject ToDocument()
    {
        var builder = new Builder();
        Build(builder);
        return builder.ToDocument(GetType().Name);
    }

    private sealed class Builder : IWorkflowBuilder
    {
        private readonly JArray _inputs = [];
        private readonly JArray _outputs = [];

        public string? DefinitionId { get; set; }
        public string? Name { get; set; }
        public string? Description { get; set; }
        public IActivity? Root { get; set; }
        public ICollection<Variable> Variables { get; } = [];

        public Variable<T> WithVariable<T>(string name, T? value = default)
        {
            var variable = new Variable<T>(name, value);
            Variables.Add(variable);
            return variable;
        }

        public Expression WithInput<T>(string name, string? description = null)
        {
            _inputs.Add(Definition(typeof(T), name, description));
            return new(ExpressionTypes.Input, name);
        }

        public MemoryBlockReference WithOutput<T>(string name, string? description = null)
        {
            _outputs.Add(Definition(typeof(T), name, description));
            return new() { Id = name };
        }

        public JObject ToDocument(string className) => new()
        {
            ["$schema"] = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json",
            ["definitionId"] = DefinitionId ?? className,
            ["name"] = Name ?? className,
            ["description"] = Description,
            ["version"] = 1,
            ["variables"] = DefinitionWriter.Variables(Variables),
            ["inputs"] = _inputs,
            ["outputs"] = _outputs,
            ["outcomes"] = new JArray(),
            ["customProperties"] = new JObject(),
            ["options"] = new JObject(),
            ["root"] = DefinitionWriter.Activity(Root ?? throw new InvalidOperationException($"{className} sets no root activity.")),
        };

        private static JObject Definition(Type type, string name, string? description)
        {
            var (alias, isArray) = TypeAlias.OfVariable(type);
            return new() { ["type"] = alias, ["isArray"] = isArray, ["name"] = name, ["displayName"] = name, ["description"] = description };
        }
    }
}
