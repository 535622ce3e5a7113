using System.Text.RegularExpressions;
using Fluid;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Texts in Liquid, in the account's zone and language. A missing value leaves nothing behind, and is reported as seen empty.</summary>
internal sealed partial class TextEngine(int cacheSize)
{
    public const int MaxTemplate = 16 * 1024;
    public const int MaxOutput = 64 * 1024;
    private const int MaxSteps = 10_000;
    private const int MaxNesting = 32;
    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowFunctions = false, AllowParentheses = true });
    private readonly TemplateOptions _options = Options();
    private readonly LruCache<string, Compiled> _cache = new(cacheSize, StringComparer.Ordinal);

    private sealed record Compiled(IFluidTemplate? Template, IReadOnlyCollection<string> Paths, ExpressionError? Error);

    public ExpressionError? Validate(string source) => Parse(source).Error;

    public async ValueTask<EvaluationResult> EvaluateAsync(string source, IExpressionScope scope, CancellationToken cancellationToken)
    {
        var compiled = Parse(source);
        if (compiled.Template is null) return EvaluationResult.Failed(compiled.Error!);
        var context = new TemplateContext(_options, StringComparer.Ordinal)
        {
            CultureInfo = TextCulture.Of(scope.Language),
            TimeZone = scope.TimeZone,
            Now = () => scope.Now,
            MaxSteps = MaxSteps,
        };
        var seen = new SeenValues();
        var read = new Dictionary<string, JToken>(StringComparer.Ordinal);
        foreach (var path in compiled.Paths)
        {
            if (ValuePath.SplitRoot(path, scope.Roots) is not { } split) continue;
            if (!read.TryGetValue(split.Root, out var root))
            {
                read[split.Root] = root = await scope.ReadRootAsync(split.Root, cancellationToken);
                context.SetValue(split.Root, TextValues.Of(root));
            }
            if (split.Root.Length < path.Length && !path.StartsWith(split.Root, StringComparison.Ordinal)) context.SetValue(path.Split('.')[0], TextValues.Of(root));
            seen.Add(path, ValuePath.Read(root, split.Tail));
        }
        return await RenderAsync(compiled.Template, context, seen);
    }

    private static async ValueTask<EvaluationResult> RenderAsync(IFluidTemplate template, TemplateContext context, SeenValues seen)
    {
        try
        {
            await using var writer = new CappedWriter(MaxOutput);
            await template.RenderAsync(writer, NullEncoder.Default, context);
            return EvaluationResult.Of(new JValue(writer.ToString()), seen.Values);
        }
        catch (RequiredValueException)
        {
            var empty = seen.Values.FirstOrDefault(v => v.Value.Type == JTokenType.Null)?.Path;
            return Failed(ExpressionCodes.ValueMissing, empty is null ? "A required value is empty." : $"A required value is empty: {empty}.", seen);
        }
        catch (TextTooLongException)
        {
            return Failed(ExpressionCodes.Failed, $"The text is longer than {MaxOutput / 1024} KiB.", seen);
        }
        catch (Exception e) when (e is InvalidOperationException or FluidException or FormatException or OverflowException or ArgumentException or InvalidCastException or InsufficientExecutionStackException)
        {
            return Failed(ExpressionCodes.Failed, $"The text could not be written: {e.Message}", seen);
        }
    }

    private static EvaluationResult Failed(string code, string message, SeenValues seen) => EvaluationResult.Failed(new ExpressionError(code, message), seen.Values);

    private Compiled Parse(string source) => source.Length > MaxTemplate ? Make(source) : _cache.GetOrAdd(source, Make);

    private static Compiled Make(string source)
    {
        if (source.Length > MaxTemplate) return Wrong(ExpressionCodes.TooComplex, $"The template is longer than {MaxTemplate / 1024} KiB.");
        if (TooDeep(source)) return Wrong(ExpressionCodes.TooComplex, $"The template is nested deeper than {MaxNesting} levels.");
        if (!Parser.TryParse(source, out var template, out var message)) return Invalid(message);
        return new Compiled(template, TemplateNames.Of(template), null);
    }

    private static bool TooDeep(string source)
    {
        var (blocks, parens) = (0, 0);
        foreach (Match tag in Tags().Matches(source))
        {
            blocks += tag.Value switch { "(" or ")" => 0, var t when t.Contains("end", StringComparison.Ordinal) => -1, _ => 1 };
            parens = tag.Value switch { "(" => parens + 1, ")" => Math.Max(0, parens - 1), _ => parens };
            if (blocks > MaxNesting || parens > MaxNesting) return true;
        }
        return false;
    }

    private static Compiled Wrong(string code, string message) => new(null, [], new ExpressionError(code, message));

    private static Compiled Invalid(string message)
    {
        var at = Position().Match(message);
        return at.Success
            ? new Compiled(null, [], new ExpressionError(ExpressionCodes.Invalid, message[..at.Index].Trim(), int.Parse(at.Groups[1].Value, null), int.Parse(at.Groups[2].Value, null)))
            : Wrong(ExpressionCodes.Invalid, message);
    }

    private static TemplateOptions Options()
    {
        var options = new TemplateOptions { MaxSteps = MaxSteps, MaxRecursion = 16, MemberAccessStrategy = new DefaultMemberAccessStrategy() };
        TextFilters.AddTo(options.Filters);
        return options;
    }

    [GeneratedRegex(@"\{%-?\s*(?:end)?(?:if|unless|for|case|capture|tablerow|macro|ifchanged)\b|[()]", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s*at \((\d+):(\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Position();
}
