using System.Collections.Concurrent;
using System.Reflection;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>The activity types that definitions may name. Filled at start-up; safe to read from many threads.</summary>
public sealed class ActivityRegistry
{
    private readonly ConcurrentDictionary<(string Type, int Version), ActivityDescriptor> _descriptors = new();

    public ActivityRegistry() => RegisterAssembly(typeof(ActivityRegistry).Assembly);

    public IReadOnlyCollection<ActivityDescriptor> Descriptors =>
        [.. _descriptors.Values.OrderBy(d => d.TypeName, StringComparer.Ordinal).ThenBy(d => d.Version)];

    public ActivityRegistry Register<T>() where T : IActivity => Register(typeof(T));

    /// <exception cref="ArgumentException">Not an activity, or another class has its name and version.</exception>
    public ActivityRegistry Register(Type type)
    {
        var descriptor = ActivityDescriber.Describe(type);
        var kept = _descriptors.GetOrAdd((descriptor.TypeName, descriptor.Version), descriptor);
        return kept.ActivityType == type
            ? this
            : throw new ArgumentException($"{descriptor.TypeName} version {descriptor.Version} is both {kept.ActivityType} and {type}; give one another name or version.", nameof(type));
    }

    /// <summary>Every public activity class of the assembly that can be made.</summary>
    public ActivityRegistry RegisterAssembly(Assembly assembly)
    {
        foreach (var type in assembly.GetExportedTypes())
        {
            if (typeof(IActivity).IsAssignableFrom(type) && type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.GetConstructor(Type.EmptyTypes) is not null)
                Register(type);
        }
        return this;
    }

    public ActivityDescriptor? Find(string typeName, int version) => _descriptors.GetValueOrDefault((typeName, version));
}
