using System.Text.RegularExpressions;
using DotLiquid;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Texts in Liquid, in the account's zone and language. A missing value leaves nothing behind, and is reported as seen empty.</summary>
internal sealed partial class TextEngine(int cacheSize)
{
    public const int MaxTemplate = 16 * 1024;
    public const int MaxOutput = 64 * 1024;
    private const int MaxIterations = 10_000;
    private const int MaxNesting = 32;

    // The last resort only: output, iterations and nesting bound the work. A first text on a busy machine may well take half a second, and must not fail.
    private const int MaxMilliseconds = 5_000;
    private static readonly Type[] Filters = [typeof(TextFilters)];
    private readonly LruCache<string, Compiled> _cache = new(cacheSize, StringComparer.Ordinal);

    static TextEngine() => Template.RegexTimeOut = PausedProcess.LastResort;

    private sealed record Compiled(Template? Template, IReadOnlyList<(string Text, (string Root, string Tail)[] Splits)> Paths, ExpressionError? Error);

    public ExpressionError? Validate(string source) => Parse(source).Error;

    public async ValueTask<EvaluationResult> EvaluateAsync(string source, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var compiled = Parse(source);
        if (compiled.Template is null) return EvaluationResult.Failed(compiled.Error!);
        var (values, seen) = (new Hash(), new SeenValues());
        var read = new Dictionary<string, JToken>(StringComparer.Ordinal);
        foreach (var (path, splits) in compiled.Paths)
        {
            if (ValuePath.FindRoot(splits, scope) is not { } split) continue;
            if (!read.TryGetValue(split.Root, out var root))
            {
                read[split.Root] = root = await scope.ReadRootAsync(split.Root, cancellationToken);
                values[split.Root] = TextValues.Of(root);
            }
            if (!path.StartsWith(split.Root, StringComparison.Ordinal)) values[path[..split.Root.Length]] = TextValues.Of(root);
            seen.Add(path, ValuePath.Read(root, split.Tail));
        }
        return Render(compiled.Template, values, scope, seen, cancellationToken);
    }

    private static EvaluationResult Render(Template template, Hash values, IExpressionScope scope, SeenValues seen, CancellationToken cancellationToken)
    {
        var culture = TextCulture.Of(scope.Language);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MaxMilliseconds);
        try
        {
            var context = new Context([values], new Hash(), new Hash { [TextFilters.ScopeKey] = scope }, ErrorsOutputMode.Rethrow, MaxIterations, culture, timeout.Token)
            {
                SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
            };
            // Names of filters go through regular expressions, too.
            PausedProcess.Twice(() =>
            {
                context.AddFilters(Filters);
                return true;
            });
            var parameters = new RenderParameters(culture)
            {
                Context = context,
                MaxIterations = MaxIterations,
                ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
            };
            var text = PausedProcess.Twice(() =>
            {
                using var writer = new CappedWriter(MaxOutput, culture);
                template.Render(writer, parameters);
                return writer.ToString();
            });
            return EvaluationResult.Of(new JValue(text), seen);
        }
        catch (Exception e) when ((e as RequiredValueException ?? e.InnerException as RequiredValueException) is not null)
        {
            var empty = seen.FirstOrDefault(v => v.Value.Type == JTokenType.Null)?.Path;
            return Failed(ExpressionCodes.ValueMissing, $"A required value is empty{(empty is null ? "" : $": {empty}")}.", $"Не заполнено обязательное значение{(empty is null ? "" : $" «{empty}»")}.", seen);
        }
        catch (TextTooLongException)
        {
            return Failed(ExpressionCodes.Failed, $"The text is longer than {MaxOutput / 1024} KiB.", $"Текст получился длиннее {MaxOutput} знаков.", seen);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(ExpressionCodes.Failed, $"The text took longer than {MaxMilliseconds} ms.", $"Текст составлялся дольше {MaxMilliseconds / 1000} секунд.", seen);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))  // a third party's renderer: whatever it throws is the template's failure
        {
            return Failed(ExpressionCodes.Failed, $"The text could not be written: {e.Message}", $"Текст не получился: {e.Message}", seen);
        }
    }

    private static EvaluationResult Failed(string code, string message, string ru, SeenValues seen) => EvaluationResult.Failed(new ExpressionError(code, message, Ru: ru), seen);

    private Compiled Parse(string source) => source.Length > MaxTemplate ? Make(source) : _cache.GetOrAdd(source, Make);

    private static Compiled Make(string source)
    {
        if (source.Length > MaxTemplate) return Wrong(ExpressionCodes.TooComplex, $"The template is longer than {MaxTemplate / 1024} KiB.", $"Текст длиннее {MaxTemplate} знаков.");
        if (TooDeep(source)) return Wrong(ExpressionCodes.TooComplex, $"The template is nested deeper than {MaxNesting} levels.", $"Части текста стоят одна внутри другой больше {MaxNesting} раз.");
        try
        {
            var template = PausedProcess.Twice(() => Template.Parse(source, SyntaxCompatibility.DotLiquid22a));
            template.MakeThreadSafe();
            return new Compiled(template, [.. TemplatePaths.In(source).Select(path => (path, ValuePath.Splits(path)))], null);
        }
        catch (Exception e) when (e is DotLiquid.Exceptions.LiquidException or FormatException or OverflowException or ArgumentException)
        {
            return Wrong(ExpressionCodes.Invalid, e.Message, ParserWords.OfText(e.Message));
        }
        catch (RegexMatchTimeoutException)
        {
            return Wrong(ExpressionCodes.TooComplex, "The template takes too long to read.", "Текст слишком сложный.");
        }
    }

    private static bool TooDeep(string source)
    {
        var (blocks, parens) = (0, 0);
        foreach (Match tag in Tags().Matches(source))
        {
            blocks += tag.Value switch { "(" or ")" or "[" or "]" => 0, var t when t.Contains("end", StringComparison.Ordinal) => -1, _ => 1 };
            parens = tag.Value switch { "(" or "[" => parens + 1, ")" or "]" => Math.Max(0, parens - 1), _ => parens };
            if (blocks > MaxNesting || parens > MaxNesting) return true;
        }
        return false;
    }

    private static Compiled Wrong(string code, string message, string? ru) => new(null, [], new ExpressionError(code, message, Ru: ru));

    [GeneratedRegex(@"\{%-?\s*(?:end)?(?:if|unless|for|case|capture|tablerow|macro|ifchanged)\b|[()\[\]]", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
