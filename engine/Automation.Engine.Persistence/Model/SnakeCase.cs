using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Model;

/// <summary>Tables and columns are named <c>like_this</c>.</summary>
internal static class SnakeCase
{
    public static void Apply(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(From(entity.GetTableName()!));
            foreach (var property in entity.GetProperties()) property.SetColumnName(From(property.Name));
        }
    }

    public static string From(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
