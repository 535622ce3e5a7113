using System.Reflection;

namespace Automation.Testing.Model;

/// <summary>Rows are handed over as copies, as a database does: who changes his own changes nothing stored.</summary>
internal static class RowCopy
{
    private static readonly Func<object, object> Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    public static T Of<T>(T row) where T : class => (T)Clone(row);
}
