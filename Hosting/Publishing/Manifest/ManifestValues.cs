using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes values as the manifest has them: placeholders in place of what is known at run time only.</summary>
internal static class ManifestValues
{
    public static async Task WriteEnvironmentAsync(ManifestPublishingContext context, IResource resource)
    {
        var variables = new EnvironmentCallbackContext(context.ExecutionContext, resource, cancellationToken: context.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(variables).ConfigureAwait(false);
        }

        if (variables.EnvironmentVariables.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartObject("env");
        foreach (var (name, value) in variables.EnvironmentVariables)
        {
            context.Writer.WriteString(name, Text(context, value, () => $"The environment variable '{name}' of resource '{resource.Name}'"));
        }

        context.Writer.WriteEndObject();
    }

    public static async Task WriteArgumentsAsync(ManifestPublishingContext context, IResource resource)
    {
        var arguments = new CommandLineArgsCallbackContext(new List<object>(), resource, context.CancellationToken) { ExecutionContext = context.ExecutionContext };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(arguments).ConfigureAwait(false);
        }

        if (arguments.Args.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartArray("args");
        for (var i = 0; i < arguments.Args.Count; i++)
        {
            var number = i + 1;
            context.Writer.WriteStringValue(Text(context, arguments.Args[i], () => $"Argument {number} of resource '{resource.Name}'"));
        }

        context.Writer.WriteEndArray();
    }

    public static void WriteConnectionString(ManifestPublishingContext context, IResource resource)
    {
    }

    /// <summary>The text of a value, with placeholders; what it refers to is noted.</summary>
    /// <param name="context">The manifest.</param>
    /// <param name="value">The value.</param>
    /// <param name="owner">What to call it in an error.</param>
    /// <exception cref="DistributedApplicationException">The value is known only at run time.</exception>
    public static string Text(ManifestPublishingContext context, object? value, Func<string> owner)
    {
        context.TryAddDependentResources(value);
        return value switch
        {
            null => "",
            string text => text,
            IManifestExpressionProvider expression => expression.ValueExpression,
            IResourceBuilder<IResource> { Resource: IManifestExpressionProvider expression } => expression.ValueExpression,
            IValueProvider => throw new DistributedApplicationException(
                $"{owner()} is known only when the application runs ({value.GetType().Name}), so it can't be published. Set it in run mode only, or give it a value that has a manifest expression."),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
    }
}
