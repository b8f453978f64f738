using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Makes names of volumes that no other application uses.</summary>
public static class VolumeNameGenerator
{
    private const int HashLength = 10;

    /// <summary>Makes the name <c>application-hash-resource-suffix</c>, in which the hash stands for the AppHost.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource that the volume is for.</param>
    /// <param name="suffix">Tells the resource's volumes apart: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>.</param>
    /// <exception cref="ArgumentException">The suffix has other characters.</exception>
    /// <example><code>cache.WithVolume(VolumeNameGenerator.Generate(cache, "data"), "/data");</code></example>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(suffix);
        if (!suffix.All(IsValid))
        {
            throw new ArgumentException($"'{suffix}' can't be part of a volume's name. Use ASCII letters, digits, '_', '.' and '-'.", nameof(suffix));
        }

        var application = string.Concat(builder.ApplicationBuilder.Environment.ApplicationName.ToLowerInvariant().Select(c => IsValid(c) ? c : '_'));
        var hash = builder.ApplicationBuilder.Configuration["AppHost:Sha256"] is { Length: >= HashLength } sha
            ? sha[..HashLength].ToLowerInvariant()
            : throw new InvalidOperationException("The setting AppHost:Sha256 is missing, which stands for the AppHost in names of volumes. It is set by the builder; don't clear it.");

        // The engine takes no name that begins with a sign.
        return $"{(char.IsAsciiLetterOrDigit(application[0]) ? "" : "v")}{application}-{hash}-{builder.Resource.Name}-{suffix}";
    }

    private static bool IsValid(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
