namespace Aspire.Hosting.ApplicationModel;

/// <summary>Turns what a callback has set into text.</summary>
internal static class ValueText
{
    /// <summary>In run mode the value, in publish mode the placeholder; null when there is nothing to set.</summary>
    public static async ValueTask<string?> ResolveAsync(object? value, ValueProviderContext context, CancellationToken cancellationToken)
    {
        var plain = value is IResourceBuilder<IResource> builder ? builder.Resource : value;
        if (context.ExecutionContext is { IsPublishMode: true } && plain is IManifestExpressionProvider placeholder)
        {
            return placeholder.ValueExpression;
        }

        return plain switch
        {
            string text => text,
            ReplicaValue { } own when context.Replica is null => own.WithoutReplica,
            IValueProvider provider => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            null => null,
            _ => plain.ToString(),
        };
    }
}
