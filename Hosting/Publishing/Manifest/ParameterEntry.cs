using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes a parameter: not its value, but that it is asked for where the manifest is deployed.</summary>
internal static class ParameterEntry
{
    private const string Input = "value";

    public static void Write(ManifestPublishingContext context, ParameterResource parameter)
    {
        var writer = context.Writer;
        writer.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            writer.WriteString("connectionString", $"{{{parameter.Name}.value}}");
        }

        writer.WriteString("value", $"{{{parameter.Name}.inputs.{Input}}}");
        writer.WriteStartObject("inputs");
        writer.WriteStartObject(Input);
        writer.WriteString("type", "string");
        if (parameter.Secret)
        {
            writer.WriteBoolean("secret", true);
        }

        if (parameter.Default is { } value)
        {
            writer.WriteStartObject("default");
            value.WriteToManifest(context);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
