using Acornima;
using Acornima.Ast;
using Jint;

namespace Automation.Engine.ScriptWorker;

/// <summary>Parses sources once, refuses what a script must not contain, and keeps the trees of recent ones.</summary>
internal sealed class ScriptSources
{
    public const int MaxBytes = 16 * 1024;
    private const int MaxKept = 256 * 1024;

    private static readonly ScriptPreparationOptions Preparation = new()
    {
        ParsingOptions = new ScriptParsingOptions { AllowReturnOutsideFunction = true, RegexTimeout = ScriptRunner.RegexTimeout },
    };

    private readonly Dictionary<string, Prepared<Script>> _kept = new(StringComparer.Ordinal);
    private int _keptSize;

    public Prepared<Script> Prepare(string source)
    {
        if (_kept.TryGetValue(source, out var found)) return found;
        if (System.Text.Encoding.UTF8.GetByteCount(source) > MaxBytes) throw new ScriptFailure("script_too_complex", $"The script is longer than {MaxBytes / 1024} KiB.", $"Скрипт больше {MaxBytes / 1024} КБ.");
        var prepared = Parse(source);
        new Ban().Visit(prepared.Program!);
        if ((_keptSize += source.Length) > MaxKept)
        {
            _kept.Clear();
            _keptSize = source.Length;
        }
        _kept[source] = prepared;
        return prepared;
    }

    /// <summary>A source such as <c>{ a: 1 }</c> is meant as an object, where the language alone would read a block.</summary>
    private static Prepared<Script> Parse(string source)
    {
        var trimmed = source.Trim().TrimEnd(';');
        if (trimmed.StartsWith('{') && trimmed.EndsWith('}'))
        {
            try
            {
                return Jint.Engine.PrepareScript($"({trimmed})", null, strict: true, Preparation);
            }
            catch (ScriptPreparationException)
            {
                // A block after all.
            }
        }
        return Jint.Engine.PrepareScript(source, null, strict: true, Preparation);
    }

    private sealed class Ban : AstVisitor
    {
        protected override object? VisitImportExpression(ImportExpression importExpression) => throw new ScriptFailure("script_forbidden", "import is not available to scripts.", "«import» скриптам не разрешён.");

        protected override object? VisitLiteral(Literal literal) =>
            literal is BigIntLiteral ? throw new ScriptFailure("script_forbidden", "BigInt is not available to scripts.", "«BigInt» скриптам не разрешён.") : base.VisitLiteral(literal);
    }
}
