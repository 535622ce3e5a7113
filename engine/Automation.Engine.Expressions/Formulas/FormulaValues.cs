using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>What one evaluation has read: the roots, and the value at each of the formula's paths. There are few: they are looked through.</summary>
internal sealed class FormulaValues(int paths)
{
    private readonly JToken?[] found = new JToken?[paths];
    private readonly (string Name, JToken Value)[] roots = new (string, JToken)[paths];
    private int count;

    public bool TryGet(string root, [NotNullWhen(true)] out JToken? value)
    {
        for (var i = 0; i < count; i++)
        {
            if (roots[i].Name != root) continue;
            value = roots[i].Value;
            return true;
        }

        value = null;
        return false;
    }

    public void Add(string root, JToken value) => roots[count++] = (root, value);

    public void Set(int path, JToken? value) => found[path] = value;

    public JToken? At(int path) => found[path];
}
