using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes values as the manifest has them: placeholders in place of what is known at run time only.</summary>
internal static class ManifestValues
{
    public static async Task WriteEnvironmentAsync(ManifestPublishingContext context, IResource resource)
    {
        var variables = (await GatherAsync(context, resource, b => b.WithEnvironmentVariablesConfig()).ConfigureAwait(false)).EnvironmentVariables;
        if (variables.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            context.Writer.WriteString(name, Text(context, value, () => $"The environment variable '{name}' of resource '{resource.Name}'"));
        }

        context.Writer.WriteEndObject();
    }

    public static async Task WriteArgumentsAsync(ManifestPublishingContext context, IResource resource)
    {
        var arguments = (await GatherAsync(context, resource, b => b.WithArgumentsConfig()).ConfigureAwait(false)).Arguments;
        if (arguments.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartArray("args");
        for (var i = 0; i < arguments.Count; i++)
        {
            var number = i + 1;
            context.Writer.WriteStringValue(Text(context, arguments[i], () => $"Argument {number} of resource '{resource.Name}'"));
        }

        context.Writer.WriteEndArray();
    }

    public static void WriteConnectionString(ManifestPublishingContext context, IResource resource)
    {
        if (resource is IResourceWithConnectionString { ConnectionStringExpression: { } expression })
        {
            context.Writer.WriteString("connectionString", Text(context, expression, () => $"The connection string of resource '{resource.Name}'"));
        }
    }

    /// <summary>The text of a value, with placeholders; what it refers to is noted.</summary>
    /// <param name="context">The manifest.</param>
    /// <param name="value">The value.</param>
    /// <param name="owner">What to call it in an error.</param>
    /// <exception cref="DistributedApplicationException">The value is known only at run time.</exception>
    public static string Text(ManifestPublishingContext context, object? value, Func<string> owner)
    {
        context.TryAddDependentResources(value);
        return (value is IResourceBuilder<IResource> builder ? builder.Resource : value) switch
        {
            null => "",
            string text => text,
            ReferenceExpression { IsConditional: false } expression => Text(context, expression),
            IManifestExpressionProvider placeholder => placeholder.ValueExpression,
            ReplicaValue { WithoutReplica: { } text } => text,
            IValueProvider provider => throw new DistributedApplicationException(
                $"{owner()} is known only when the application runs ({provider.GetType().Name}), so it can't be published. Set it in run mode only, or give it a value that has a manifest expression."),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var other => other.ToString() ?? "",
        };
    }

    // A value that is to be percent-encoded becomes a resource of its own, since a placeholder can't say so.
    private static string Text(ManifestPublishingContext context, ReferenceExpression expression)
    {
        var placeholders = new object[expression.ManifestExpressions.Count];
        for (var i = 0; i < placeholders.Length; i++)
        {
            placeholders[i] = expression.StringFormats[i] is { } format
                ? context.Annotated.Placeholder(expression.ManifestExpressions[i], expression.ValueProviders[i], format)
                : expression.ManifestExpressions[i];
        }

        return string.Format(CultureInfo.InvariantCulture, expression.Format, placeholders);
    }

    private static Task<GatheredConfiguration> GatherAsync(
        ManifestPublishingContext context, IResource resource, Action<IExecutionConfigurationBuilder> gather)
    {
        var builder = ExecutionConfigurationBuilder.Create(resource);
        gather(builder);
        return ((ExecutionConfigurationBuilder)builder).GatherAsync(context.ExecutionContext, NullLogger.Instance, context.CancellationToken);
    }
}
