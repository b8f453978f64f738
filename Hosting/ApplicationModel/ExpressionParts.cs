using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Collects text and values of an expression. Other expressions are put in part by part.</summary>
internal sealed partial class ExpressionParts(int literalLength = 0, int formattedCount = 0)
{
    private readonly StringBuilder _format = new(literalLength + (formattedCount * 3));

    public string Format => _format.ToString();

    public bool IsEmpty => _format.Length == 0;

    public List<IValueProvider> Providers { get; } = new(formattedCount);

    public List<string> Expressions { get; } = new(formattedCount);

    public List<string?> StringFormats { get; } = new(formattedCount);

    public void AddText(string? text)
        => _format.Append((text ?? "").Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AddValue(IValueProvider provider, IManifestExpressionProvider expression, string? format)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ValueFormat.Validate(format);
        if (format is null && provider is ReferenceExpression { IsConditional: false } nested)
        {
            AddParts(nested);
            return;
        }

        _format.Append(CultureInfo.InvariantCulture, $"{{{Providers.Count}}}");
        Providers.Add(provider);
        Expressions.Add(expression.ValueExpression);
        StringFormats.Add(format);
    }

    /// <summary>What has been collected so far; later additions do not change it.</summary>
    public ExpressionParts Copy()
    {
        var copy = new ExpressionParts(_format.Length, Providers.Count);
        copy._format.Append(_format);
        copy.Providers.AddRange(Providers);
        copy.Expressions.AddRange(Expressions);
        copy.StringFormats.AddRange(StringFormats);
        return copy;
    }

    private void AddParts(ReferenceExpression nested)
    {
        var offset = Providers.Count;
        _format.Append(Indices().Replace(nested.Format, match => match.Groups["index"].Success
            ? $"{{{int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture) + offset}}}"
            : match.Value));
        Providers.AddRange(nested.ValueProviders);
        Expressions.AddRange(nested.ManifestExpressions);
        StringFormats.AddRange(nested.StringFormats);
    }

    // Doubled braces are text: they are matched first, so that {{0}} is not taken for an index.
    [GeneratedRegex(@"\{\{|\}\}|\{(?<index>\d+)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Indices();
}
