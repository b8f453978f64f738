using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Makes an expression piece by piece.</summary>
/// <example><code>
/// var builder = new ReferenceExpressionBuilder();
/// builder.Append($"Host={endpoint.Property(EndpointProperty.Host)}");
/// builder.AppendLiteral(";Ssl=true");
/// var expression = builder.Build();
/// </code></example>
public class ReferenceExpressionBuilder
{
    private readonly ExpressionParts _parts = new();

    /// <summary>True until something is added.</summary>
    public bool IsEmpty => _parts.IsEmpty;

    /// <summary>Adds an interpolated string.</summary>
    /// <param name="handler">The interpolated string; it has added its parts already.</param>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler hands this builder to the handler.")]
    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
    {
        // The compiler has handed the parts to the handler, which writes into this builder.
    }

    /// <summary>Adds text as it is.</summary>
    /// <param name="value">The text.</param>
    public void AppendLiteral(string value) => _parts.AddText(value);

    /// <summary>Adds text as it is.</summary>
    /// <param name="value">The text; null adds nothing.</param>
    public void AppendFormatted(string? value) => _parts.AddText(value);

    /// <summary>Adds text.</summary>
    /// <param name="value">The text; null adds nothing.</param>
    /// <param name="format"><c>uri</c> percent-encodes it.</param>
    /// <exception cref="FormatException">The format is not known.</exception>
    public void AppendFormatted(string? value, string? format = null) => _parts.AddText(ValueFormat.Apply(value, format));

    /// <summary>Adds a value.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="valueProvider">The value.</param>
    public void AppendFormatted<T>(T valueProvider)
        where T : IValueProvider, IManifestExpressionProvider
        => AppendFormatted(valueProvider, null);

    /// <summary>Adds a value.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="valueProvider">The value.</param>
    /// <param name="format"><c>uri</c> percent-encodes it; null leaves it as it is.</param>
    /// <exception cref="FormatException">The format is not known.</exception>
    public void AppendFormatted<T>(T valueProvider, string? format)
        where T : IValueProvider, IManifestExpressionProvider
        => _parts.AddValue(valueProvider, valueProvider, format);

    /// <summary>Adds a value whose type is not known at compile time: a text, a value provider, or the builder of a resource that has a value.</summary>
    /// <param name="valueProvider">The value.</param>
    /// <param name="format"><c>uri</c> percent-encodes it; null leaves it as it is.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    /// <exception cref="FormatException">The format is not known.</exception>
    public void AppendValueProvider(object valueProvider, string? format = null)
    {
        ArgumentNullException.ThrowIfNull(valueProvider);
        var value = valueProvider is IResourceBuilder<IResource> builder ? builder.Resource : valueProvider;
        switch (value)
        {
            case string text:
                AppendFormatted(text, format);
                break;
            case IValueProvider provider and IManifestExpressionProvider expression:
                _parts.AddValue(provider, expression, format);
                break;
            default:
                throw new ArgumentException($"A '{value.GetType().Name}' can't be part of an expression. Add a text, or something that is both an IValueProvider and an IManifestExpressionProvider.", nameof(valueProvider));
        }
    }

    /// <summary>Refused by the compiler: another expression is put in part by part, so that a format has nothing to apply to.</summary>
    /// <param name="valueProvider">The expression.</param>
    /// <param name="format">The format.</param>
    [Obsolete("An expression can't be added with a format. Add its parts, and give the format to them.", error: true)]
    public void AppendFormatted(ReferenceExpression valueProvider, string format) => _parts.AddValue(valueProvider, valueProvider, format);

    /// <summary>Makes the expression of what has been added so far.</summary>
    public ReferenceExpression Build() => ReferenceExpression.From(_parts.Copy());

    /// <summary>Takes the parts of an interpolated string and adds them to a builder.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ReferenceExpressionBuilderInterpolatedStringHandler
    {
        private readonly ReferenceExpressionBuilder _builder;

        /// <summary>Called by the compiler.</summary>
        /// <param name="literalLength">Length of the literal parts.</param>
        /// <param name="formattedCount">Number of values.</param>
        /// <param name="builder">The builder.</param>
        public ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder) => _builder = builder;

        /// <summary>Adds text as it is.</summary>
        /// <param name="value">The text.</param>
        public void AppendLiteral(string value) => _builder.AppendLiteral(value);

        /// <summary>Adds text as it is.</summary>
        /// <param name="value">The text; null adds nothing.</param>
        public void AppendFormatted(string? value) => _builder.AppendFormatted(value);

        /// <summary>Adds text.</summary>
        /// <param name="value">The text; null adds nothing.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted(string? value, string format) => _builder.AppendFormatted(value, format);

        /// <summary>Adds a value.</summary>
        /// <typeparam name="T">Type of the value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider
            => _builder.AppendFormatted(valueProvider, null);

        /// <summary>Adds a value.</summary>
        /// <typeparam name="T">Type of the value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted<T>(T valueProvider, string? format)
            where T : IValueProvider, IManifestExpressionProvider
            => _builder.AppendFormatted(valueProvider, format);

        /// <summary>Adds the value of a resource.</summary>
        /// <typeparam name="T">Type of the resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider
            => _builder.AppendFormatted(valueProvider.Resource, null);

        /// <summary>Adds the value of a resource.</summary>
        /// <typeparam name="T">Type of the resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider
            => _builder.AppendFormatted(valueProvider.Resource, format);

        /// <summary>Refused by the compiler: another expression is put in part by part, so that a format has nothing to apply to.</summary>
        /// <param name="valueProvider">The expression.</param>
        /// <param name="format">The format.</param>
        [Obsolete("An expression inside an interpolated string can't have a format. Write its parts in its place, and give the format to them.", error: true)]
        public void AppendFormatted(ReferenceExpression valueProvider, string format) => _builder._parts.AddValue(valueProvider, valueProvider, format);
    }
}
