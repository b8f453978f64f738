using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives a parameter its value when none is configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value. It is asked for once.</summary>
    public abstract string GetDefaultValue();

    /// <summary>Writes what published files say of the default: the fields of the parameter's <c>default</c>.</summary>
    /// <param name="context">What to write with.</param>
    public abstract void WriteToManifest(ManifestPublishingContext context);
}
