using Automation.Engine.Expressions;

namespace Automation.Engine.Api.Tools;

/// <summary>Why an expression gave no value, in an admin's words; what the parser itself says stands behind them.</summary>
public static class ExpressionWords
{
    public static string Of(ExpressionError error, bool english)
    {
        var (russian, words) = error.Code switch
        {
            ExpressionCodes.TooComplex or ExpressionCodes.ScriptTooComplex => ("Слишком длинно или слишком сложно", "Too long or too complex"),
            ExpressionCodes.Invalid => ("Здесь ошибка", "There is a mistake in it"),
            ExpressionCodes.ValueMissing => ("Нужное поле в сделке пустое", "A field that it needs is empty in the deal"),
            ExpressionCodes.Failed => ("Не получилось вычислить", "It cannot be computed"),
            ExpressionCodes.ScriptTimeout => ("Скрипт работает слишком долго", "The script takes too long"),
            ExpressionCodes.ScriptMemory => ("Скрипту не хватило памяти", "The script needs too much memory"),
            ExpressionCodes.ScriptRecursion => ("Скрипт слишком много раз вызывает сам себя", "The script calls itself too often"),
            ExpressionCodes.ScriptForbidden => ("Скрипту это не разрешено", "The script may not do this"),
            ExpressionCodes.ScriptUnavailable => ("Скрипты сейчас заняты, попробуйте ещё раз", "Scripts are busy now, try again"),
            ExpressionCodes.ScriptFailed or ExpressionCodes.ScriptResultInvalid => ("В скрипте ошибка", "There is a mistake in the script"),
            "remote" => ("CRM сейчас не отвечает", "The CRM does not answer now"),
            _ => ("Не получилось", "It failed"),
        };
        return $"{(english ? words : russian)}: {error.In(english)}";
    }
}
