using Fluid;
using Fluid.Ast;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Every path that a template names, such as <c>deal.price</c>; also those of its loops' own names.</summary>
internal sealed class TemplateNames : AstVisitor
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Of(IFluidTemplate template)
    {
        var names = new TemplateNames();
        names.VisitTemplate(template);
        return names._paths;
    }

    protected override Fluid.Ast.Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        var parts = new List<string>();
        foreach (var segment in memberExpression.Segments)
        {
            if (segment is IdentifierSegment name) parts.Add(name.Identifier);
            else if (segment is IndexerSegment { Expression: LiteralExpression literal }) parts.Add(literal.Value.ToStringValue());
            else break;
        }
        if (parts.Count > 0) _paths.Add(string.Join('.', parts));
        return base.VisitMemberExpression(memberExpression);
    }
}
