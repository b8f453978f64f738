using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

public partial class ReferenceExpression
{
    /// <summary>Takes the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        /// <summary>Called by the compiler.</summary>
        /// <param name="literalLength">Length of the literal parts.</param>
        /// <param name="formattedCount">Number of values.</param>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => Parts = new ExpressionParts(literalLength, formattedCount);

        internal ExpressionParts Parts { get; }

        /// <summary>Adds text as it is.</summary>
        /// <param name="value">The text.</param>
        public void AppendLiteral(string value) => Parts.AddText(value);

        /// <summary>Adds text as it is.</summary>
        /// <param name="value">The text; null adds nothing.</param>
        public void AppendFormatted(string? value) => Parts.AddText(value);

        /// <summary>Adds text.</summary>
        /// <param name="value">The text; null adds nothing.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted(string? value, string? format = null) => Parts.AddText(ValueFormat.Apply(value, format));

        /// <summary>Adds a value.</summary>
        /// <typeparam name="T">Type of the value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider
            => Parts.AddValue(valueProvider, valueProvider, null);

        /// <summary>Adds a value.</summary>
        /// <typeparam name="T">Type of the value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted<T>(T valueProvider, string? format = null)
            where T : IValueProvider, IManifestExpressionProvider
            => Parts.AddValue(valueProvider, valueProvider, format);

        /// <summary>Adds the value of a resource.</summary>
        /// <typeparam name="T">Type of the resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider
            => AppendFormatted(valueProvider.Resource);

        /// <summary>Adds the value of a resource.</summary>
        /// <typeparam name="T">Type of the resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        /// <param name="format"><c>uri</c> percent-encodes it.</param>
        /// <exception cref="FormatException">The format is not known.</exception>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null)
            where T : IResource, IValueProvider, IManifestExpressionProvider
            => AppendFormatted(valueProvider.Resource, format);

        /// <summary>Refused by the compiler: another expression is put in part by part, so that a format has nothing to apply to.</summary>
        /// <param name="valueProvider">The expression.</param>
        /// <param name="format">The format.</param>
        [Obsolete("An expression inside an interpolated string can't have a format. Write its parts in its place, and give the format to them.", error: true)]
        public void AppendFormatted(ReferenceExpression valueProvider, string format) => Parts.AddValue(valueProvider, valueProvider, format);
    }
}
