using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Building;

/// <summary>A default whose value is kept in the user secrets, where configuration finds it at the next start. Without a user secrets id it is made anew each time.</summary>
internal sealed class KeptParameterDefault(IUserSecretsManager secrets, string parameter, ParameterDefault inner) : ParameterDefault
{
    public ParameterDefault Inner { get; } = inner;

    public override string GetDefaultValue()
    {
        var value = Inner.GetDefaultValue();
        secrets.TrySetSecret(ConfiguredValue.Key(parameter), value);
        return value;
    }

    public override void WriteToManifest(ManifestPublishingContext context) => Inner.WriteToManifest(context);
}
