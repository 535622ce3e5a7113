using Automation.Engine.Expressions;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>A place for a value: a variable, or what an output is bound to.</summary>
public class MemoryBlockReference
{
    public string Id { get; set; } = "";
}

public abstract class Input
{
    private protected Input(Expression expression, Type type) => (Expression, Type) = (expression, type);

    public Expression Expression { get; }

    public Type Type { get; }
}

/// <summary>A value that an expression gives when the activity is about to run. Read it with <c>context.Get(input)</c>.</summary>
public sealed class Input<T> : Input
{
    public Input(Expression expression) : base(expression, typeof(T)) { }

    public Input(T literal) : base(new(ExpressionTypes.Object, literal is null ? JValue.CreateNull() : JToken.FromObject(literal)), typeof(T)) { }

    public Input(Variable variable) : base(new(ExpressionTypes.Variable, variable.Name), typeof(T)) { }

    public T? Get(ActivityExecutionContext context) => context.Get(this);
}

public abstract class Output
{
    /// <summary>The variable (by id or name) or workflow output that takes the value; null when nobody does.</summary>
    public MemoryBlockReference? MemoryReference { get; set; }

    public abstract Type Type { get; }
}

/// <summary>A value that an activity gives. Set it with <c>context.Set(output, value)</c>.</summary>
public sealed class Output<T> : Output
{
    public Output() { }

    public Output(Variable variable) => MemoryReference = variable;

    public override Type Type => typeof(T);

    public void Set(ActivityExecutionContext context, T? value) => context.Set(this, value);
}

/// <summary>A variable of a workflow or a container.</summary>
public class Variable : MemoryBlockReference
{
    public string Name { get; set; } = "";

    /// <summary>Elsa's alias: String, Int32, Decimal, Object, Boolean, DateTimeOffset …</summary>
    public string TypeName { get; set; } = "Object";
    public bool IsArray { get; set; }
    public JToken Value { get; set; } = JValue.CreateNull();
    public string? StorageDriverTypeName { get; set; }

    public JToken Get(ActivityExecutionContext context) => context.GetVariable(Name);

    public void Set(ActivityExecutionContext context, JToken value) => context.SetVariable(Name, value);
}

public sealed class Variable<T> : Variable
{
    public Variable(string name, T? value = default)
    {
        Id = Name = name;
        (TypeName, IsArray) = TypeAlias.OfVariable(typeof(T));
        if (value is not null) Value = JToken.FromObject(value);
    }

    public new T? Get(ActivityExecutionContext context) => context.GetVariable<T>(Name);

    public void Set(ActivityExecutionContext context, T? value) => context.SetVariable(Name, value is null ? JValue.CreateNull() : JToken.FromObject(value));
}
