using System.Collections;
using System.ComponentModel;
using System.Reflection;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Reads an activity class once.</summary>
public static class ActivityDescriber
{
    /// <exception cref="ArgumentException">The type is no activity that can be made.</exception>
    public static ActivityDescriptor Describe(Type type)
    {
        if (!typeof(IActivity).IsAssignableFrom(type) || type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException($"{type} is no activity: it must implement IActivity and have a constructor without parameters.", nameof(type));
        var attribute = type.GetCustomAttribute<ActivityAttribute>();
        var ns = attribute?.Namespace ?? type.Namespace ?? "";
        var name = attribute?.Type ?? type.Name;
        var properties = Properties(type);
        var outcomes = type.GetCustomAttribute<FlowNodeAttribute>()?.Outcomes;
        var isTerminal = typeof(ITerminalNode).IsAssignableFrom(type);
        return new ActivityDescriptor
        {
            ActivityType = type,
            TypeName = ns.Length == 0 ? name : $"{ns}.{name}",
            Namespace = ns,
            Name = name,
            Version = attribute?.Version ?? 1,
            Category = type.GetCustomAttribute<CategoryAttribute>()?.Category ?? attribute?.Category ?? ns,
            CategoryRu = attribute?.CategoryRu,
            DisplayName = type.GetCustomAttribute<DisplayNameAttribute>()?.DisplayName ?? attribute?.DisplayName ?? Spaced(name),
            DisplayNameRu = attribute?.DisplayNameRu,
            Description = type.GetCustomAttribute<DescriptionAttribute>()?.Description ?? attribute?.Description,
            DescriptionRu = attribute?.DescriptionRu,
            Kind = typeof(ITrigger).IsAssignableFrom(type) ? ActivityKind.Trigger : attribute?.Kind ?? ActivityKind.Action,
            RunAsynchronously = attribute?.RunAsynchronously ?? false,
            IsDeterministic = type.GetCustomAttribute<DeterministicAttribute>() is not null,
            IsIdempotent = type.GetCustomAttribute<IdempotentAttribute>() is not null,
            IsResilient = typeof(IResilientActivity).IsAssignableFrom(type),
            ResilienceCategory = type.GetCustomAttribute<ResilienceCategoryAttribute>()?.Category ?? "Default",
            IsContainer = typeof(IVariableContainer).IsAssignableFrom(type) && !typeof(Composite).IsAssignableFrom(type),  // a composite's inside is code
            IsBrowsable = type.GetCustomAttribute<BrowsableAttribute>()?.Browsable ?? true,
            IsStart = typeof(IStartNode).IsAssignableFrom(type),
            IsTerminal = isTerminal,
            Inputs = [.. properties.Select(AsInput).OfType<InputDescriptor>().OrderBy(input => input.Attribute.Order)],
            Outputs = [.. properties.Select(AsOutput).OfType<OutputDescriptor>()],
            Ports = [.. properties.Where(IsPort).Select(AsPort)],
            Outcomes = outcomes ?? (isTerminal ? [] : ["Done"]),
            Structure = [.. properties.Where(p => AsInput(p) is null && AsOutput(p) is null && !IsPort(p))],
        };
    }

    public static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>"SendHttpRequest" as "Send Http Request".</summary>
    public static string Spaced(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) text.Append(' ');
            text.Append(name[i]);
        }
        return text.ToString();
    }

    internal static string HintFor(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(bool)) return "checkbox";
        if (bare == typeof(string) || typeof(JToken).IsAssignableFrom(bare)) return "singleline";
        if (typeof(Variable).IsAssignableFrom(bare)) return "variable-picker";
        return bare.IsEnum || typeof(IEnumerable).IsAssignableFrom(bare) ? "dropdown" : "singleline";
    }

    // Base classes first: an override is listed once, under the name that the definition uses.
    private static List<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.CanWrite && p.GetIndexParameters().Length == 0 && p.DeclaringType != typeof(Activity))];

    private static InputDescriptor? AsInput(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<InputAttribute>();
        var type = property.PropertyType;
        var wrapped = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Input<>);
        if (!wrapped && attribute is null) return null;
        var name = attribute?.Name ?? property.Name;
        return new InputDescriptor(name, CamelCase(name), wrapped ? type.GetGenericArguments()[0] : type, wrapped, attribute ?? new InputAttribute(), property);
    }

    private static OutputDescriptor? AsOutput(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Output<>)) return null;
        var attribute = property.GetCustomAttribute<OutputAttribute>() ?? new OutputAttribute();
        var name = attribute.Name ?? property.Name;
        return new OutputDescriptor(name, CamelCase(name), type.GetGenericArguments()[0], attribute, property);
    }

    private static bool IsPort(PropertyInfo property) => typeof(IActivity).IsAssignableFrom(property.PropertyType);

    private static PortDescriptor AsPort(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<PortAttribute>();
        var name = attribute?.Name ?? property.Name;
        var browsable = property.GetCustomAttribute<BrowsableAttribute>()?.Browsable ?? true;
        return new PortDescriptor(name, CamelCase(name), Spaced(name), attribute?.DisplayNameRu, browsable, property);
    }
}
