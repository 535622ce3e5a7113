using System.Collections;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Elsa's names of types in definitions and descriptors.</summary>
public static class TypeAlias
{
    private static readonly HashSet<Type> Scalars =
    [
        typeof(string), typeof(bool), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal), typeof(Guid), typeof(DateTime),
        typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    /// <returns>Such as <c>String</c> or <c>Int32[]</c>; <c>Object</c> for what has no name of its own.</returns>
    public static string Of(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalars.Contains(bare) || bare.IsEnum) return bare.Name;
        if (bare == typeof(byte[])) return "ByteArray";
        if (bare.IsArray) return Of(bare.GetElementType()!) + "[]";
        if (bare.IsGenericType && typeof(IEnumerable).IsAssignableFrom(bare) && bare.GetGenericArguments() is [var item]) return Of(item) + "[]";
        return "Object";
    }

    /// <summary>A variable keeps the name of its items beside the fact that it is a list.</summary>
    public static (string Name, bool IsArray) OfVariable(Type type) =>
        Of(type) is var alias && alias.EndsWith("[]", StringComparison.Ordinal) ? (alias[..^2], true) : (alias, false);
}
