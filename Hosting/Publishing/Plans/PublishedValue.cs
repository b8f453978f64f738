using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>The value of a variable or an argument where the stack is published to: text, with parameters in it whose values are known there only.</summary>
/// <param name="Parts">In their order; neighbouring texts are one part.</param>
internal sealed record PublishedValue(IReadOnlyList<ValuePart> Parts)
{
    public PublishedValue(string text)
        : this([new ValuePart(text, null)])
    {
    }

    /// <summary>The whole text; null: there are parameters in it.</summary>
    public string? Text => Parts.All(p => p.Parameter is null) ? string.Concat(Parts.Select(p => p.Text)) : null;

    public IEnumerable<ParameterResource> Parameters => Parts.Select(p => p.Parameter).OfType<ParameterResource>();

    public bool IsSecret => Parameters.Any(p => p.Secret);

    /// <summary>The text as a target writes it.</summary>
    /// <param name="text">Writes text.</param>
    /// <param name="parameter">Writes the place where a parameter's value comes in.</param>
    public string Render(Func<string, string> text, Func<ParameterResource, string> parameter)
        => string.Concat(Parts.Select(p => p.Parameter is { } value ? parameter(value) : text(p.Text)));

    /// <summary>Text and parameters in place of each index of a composite format.</summary>
    /// <param name="format">As of <see cref="string.Format(string, object[])"/>, without alignment and formats.</param>
    /// <param name="values">The values.</param>
    public static PublishedValue Format(string format, IReadOnlyList<PublishedValue> values)
    {
        List<ValuePart> parts = [];
        var text = 0;
        for (var i = 0; i < format.Length; i++)
        {
            var isDoubled = i + 1 < format.Length && format[i + 1] == format[i];
            if (format[i] is not ('{' or '}') || isDoubled)
            {
                i += format[i] is '{' or '}' ? 1 : 0;
                continue;
            }

            Add(parts, new ValuePart(Unescape(format[text..i]), null));
            var end = format.IndexOf('}', i);
            foreach (var part in values[int.Parse(format[(i + 1)..end], System.Globalization.CultureInfo.InvariantCulture)].Parts)
            {
                Add(parts, part);
            }

            (text, i) = (end + 1, end);
        }

        Add(parts, new ValuePart(Unescape(format[text..]), null));
        return new PublishedValue(parts);
    }

    private static void Add(List<ValuePart> parts, ValuePart part)
    {
        if (part.Parameter is null && parts is [.., { Parameter: null } last])
        {
            parts[^1] = new ValuePart(last.Text + part.Text, null);
        }
        else if (part.Parameter is not null || part.Text.Length > 0)
        {
            parts.Add(part);
        }
    }

    private static string Unescape(string text) => text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
}

/// <summary>A piece of a value.</summary>
/// <param name="Text">The text; empty for a parameter.</param>
/// <param name="Parameter">The parameter; null: it is text.</param>
internal sealed record ValuePart(string Text, ParameterResource? Parameter);
