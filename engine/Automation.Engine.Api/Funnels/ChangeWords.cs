using System.Globalization;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Funnels.Drafts;

namespace Automation.Engine.Api.Funnels;

/// <summary>Names of changes, and their refusals, in Russian or English.</summary>
internal static class ChangeWords
{
    private static readonly Dictionary<string, (string Ru, string En)> Names = new(StringComparer.Ordinal)
    {
        [ChangeNames.Added] = ("Добавлена карточка «{0}»", "Added card “{0}”"),
        [ChangeNames.Removed] = ("Удалена карточка «{0}»", "Removed card “{0}”"),
        [ChangeNames.RemovedMany] = ("Удалены карточки: {0}", "Removed cards: {0}"),
        [ChangeNames.Copied] = ("Скопирована карточка «{0}»", "Copied card “{0}”"),
        [ChangeNames.CopiedMany] = ("Скопированы карточки: {0}", "Copied cards: {0}"),
        [ChangeNames.Moved] = ("Перемещена карточка «{0}»", "Moved card “{0}”"),
        [ChangeNames.MovedMany] = ("Перемещены карточки: {0}", "Moved cards: {0}"),
        [ChangeNames.Stretched] = ("Карточка «{0}»: другие этапы", "Card “{0}”: other stages"),
        [ChangeNames.Renamed] = ("Карточка переименована в «{0}»", "Card renamed to “{0}”"),
        [ChangeNames.SwitchedOn] = ("Включена карточка «{0}»", "Switched on card “{0}”"),
        [ChangeNames.SwitchedOff] = ("Выключена карточка «{0}»", "Switched off card “{0}”"),
        [ChangeNames.SwitchedMany] = ("Включены или выключены карточки: {0}", "Switched cards: {0}"),
        [ChangeNames.When] = ("Карточка «{0}»: когда", "Card “{0}”: when"),
        [ChangeNames.If] = ("Карточка «{0}»: если", "Card “{0}”: if"),
        [ChangeNames.Then] = ("Карточка «{0}»: то", "Card “{0}”: then"),
        [ChangeNames.Fixed] = ("Исправлено в карточке «{0}»", "Put right in card “{0}”"),
        [ChangeNames.FunnelRenamed] = ("Воронка переименована в «{0}»", "Funnel renamed to “{0}”"),
        [ChangeNames.Stages] = ("Изменены этапы воронки", "Changed the funnel's stages"),
        [ChangeNames.Imported] = ("Загружена воронка целиком", "Loaded the whole funnel"),
        [ChangeNames.Restored] = ("Возвращена версия {0}", "Put back version {0}"),
        [ChangeNames.Applied] = ("Карточка «{0}»: схема из Studio", "Card “{0}”: diagram from Studio"),
        [ChangeNames.FromTemplate] = ("Добавлен шаблон «{0}»", "Added template “{0}”"),
        [ChangeNames.Made] = ("Создана воронка «{0}»", "Made funnel “{0}”"),
    };

    /// <summary>Keys that have words.</summary>
    public static IReadOnlyCollection<string> Known => Names.Keys;

    /// <summary>A key that nobody knows is shown as it is: a script may name its changes as it likes.</summary>
    public static string Of(ChangeName name, bool english)
    {
        if (!Names.TryGetValue(name.Key, out var words)) return name.Key;
        var text = english ? words.En : words.Ru;
        return name.Values.Count == 0 ? text.Replace(" «{0}»", "", StringComparison.Ordinal).Replace(" “{0}”", "", StringComparison.Ordinal) : string.Format(CultureInfo.InvariantCulture, text, [.. name.Values]);
    }

    public static string Of(DraftRefusedException refusal, bool english)
    {
        var (name, who) = (refusal.Conflict.Name, refusal.By?.Author ?? (english ? "somebody" : "кто-то"));
        var what = (refusal.Conflict.IsGone, english) switch
        {
            (true, false) => $"карточку «{name}» потом удалили ({who})",
            (true, true) => $"card “{name}” was removed later ({who})",
            (false, false) => $"«{name}» потом изменили ({who})",
            (false, true) => $"“{name}” was changed later ({who})",
        };
        return refusal.Step switch
        {
            DraftService.Undo => english ? $"Cannot undo: {what}." : $"Отменить нельзя: {what}.",
            DraftService.Redo => english ? $"Cannot redo: {what}." : $"Вернуть нельзя: {what}.",
            _ => english ? $"Not saved: {what}. The card is shown as it is now; make your change again if it still matters." : $"Не сохранено: {what}. Карточка показана такой, какая она сейчас; повторите своё изменение, если оно ещё нужно.",
        };
    }
}
