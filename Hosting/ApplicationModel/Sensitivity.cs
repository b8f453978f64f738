namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says which values must not be shown: secrets, connection strings, and what is made of them.</summary>
internal static class Sensitivity
{
    public static bool IsSensitive(object? value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceWithConnectionString or ConnectionStringReference => true,
        IResourceBuilder<IResource> builder => IsSensitive(builder.Resource),
        SensitiveText => true,
        ReferenceExpression expression => ((IValueWithReferences)expression).References.Any(IsSensitive),
        _ => false,
    };
}

/// <summary>A text of our own that must not be shown, such as a key.</summary>
internal sealed record SensitiveText(string Text) : IValueProvider, IManifestExpressionProvider
{
    public string ValueExpression => Text;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Text);
}
