using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are known when the application runs, or a choice between two such texts.</summary>
/// <example><code>var url = ReferenceExpression.Create($"{api.GetEndpoint("http")}/v1?key={key:uri}");</code></example>
public partial class ReferenceExpression : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>An expression without text; its value is null.</summary>
    public static readonly ReferenceExpression Empty = new(new ExpressionParts());

    private ReferenceExpression(ExpressionParts parts)
    {
        Format = parts.Format;
        ValueProviders = parts.Providers;
        ManifestExpressions = parts.Expressions;
        StringFormats = parts.StringFormats;
    }

    private ReferenceExpression(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
        : this(new ExpressionParts())
    {
        Condition = condition;
        MatchValue = matchValue;
        WhenTrue = whenTrue;
        WhenFalse = whenFalse;
    }

    /// <summary>The text as a composite format: <c>http://{0}/api</c>. Empty for a conditional expression.</summary>
    public string Format { get; }

    /// <summary>How each value is written into the text: <c>uri</c> percent-encodes it, null leaves it as it is.</summary>
    public IReadOnlyList<string?> StringFormats { get; }

    /// <summary>The values, in the order of the format's indices.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>Their placeholders.</summary>
    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <summary>True when the expression chooses between <see cref="WhenTrue"/> and <see cref="WhenFalse"/>.</summary>
    public bool IsConditional => Condition is not null;

    /// <summary>Of a conditional expression: the value that decides.</summary>
    public IValueProvider? Condition { get; }

    /// <summary>Of a conditional expression: what the deciding value is compared with, without regard to case.</summary>
    public string? MatchValue { get; }

    /// <summary>Of a conditional expression: the text when the values are equal.</summary>
    public ReferenceExpression? WhenTrue { get; }

    /// <summary>Of a conditional expression: the text when they are not.</summary>
    public ReferenceExpression? WhenFalse { get; }

    /// <summary>The text with placeholders in place of the values. Published files can't choose: a conditional expression gives the branch that holds now, and a deciding value that is not known yet counts as different.</summary>
    public string ValueExpression => IsConditional
        ? KnownBranch().ValueExpression
        : string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => IsConditional ? [Condition!, WhenTrue!, WhenFalse!] : ValueProviders;

    /// <summary>Makes an expression of an interpolated string.</summary>
    /// <param name="handler">The interpolated string.</param>
    /// <example><code>ReferenceExpression.Create($"http://{endpoint.Property(EndpointProperty.HostAndPort)}/api")</code></example>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <summary>Makes an expression that chooses between two others when its value is asked for.</summary>
    /// <param name="condition">The value that decides.</param>
    /// <param name="matchValue">What it is compared with, without regard to case.</param>
    /// <param name="whenTrue">The text when they are equal.</param>
    /// <param name="whenFalse">The text when they are not.</param>
    public static ReferenceExpression CreateConditional(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(matchValue);
        ArgumentNullException.ThrowIfNull(whenTrue);
        ArgumentNullException.ThrowIfNull(whenFalse);
        return new(condition, matchValue, whenTrue, whenFalse);
    }

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    /// <summary>The text as seen by a certain consumer; null when the expression has no text.</summary>
    /// <param name="context">The consumer.</param>
    /// <param name="cancellationToken">Ends the wait for values.</param>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        if (IsConditional)
        {
            var value = await Condition!.GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            return await Branch(value).GetValueAsync(context, cancellationToken).ConfigureAwait(false);
        }

        if (Format.Length == 0)
        {
            return null;
        }

        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            values[i] = ValueFormat.Apply(value, StringFormats[i]);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    internal static ReferenceExpression From(ExpressionParts parts) => new(parts);

    private ReferenceExpression Branch(string? value) => string.Equals(value, MatchValue, StringComparison.OrdinalIgnoreCase) ? WhenTrue! : WhenFalse!;

    /// <summary>Of a conditional expression: the branch that holds as far as is known now.</summary>
    internal ReferenceExpression KnownBranch()
    {
        var value = Condition!.GetValueAsync(CancellationToken.None).AsTask();
        return Branch(value.IsCompletedSuccessfully ? value.Result : null);
    }
}
