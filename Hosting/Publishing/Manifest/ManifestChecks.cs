using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Checks a manifest before it is written: what its readers would stumble over much later is said here.</summary>
internal static partial class ManifestChecks
{
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "project.v0", "project.v1", "container.v0", "container.v1", "dockerfile.v0", "executable.v0", "parameter.v0", "value.v0", "annotated.string", "azure.bicep.v0", "azure.bicep.v1",
    };

    private static readonly string[] BindingFields = ["url", "host", "port", "scheme", "targetPort", "tlsEnabled"];

    /// <exception cref="DistributedApplicationException">Values refer to what the manifest does not have.</exception>
    public static void Check(byte[] manifest, ManifestPublishingContext context, DistributedApplicationModel model, IConfiguration configuration)
    {
        using var json = JsonDocument.Parse(manifest);
        var resources = json.RootElement.GetProperty("resources");
        List<string> faults = [];
        foreach (var resource in resources.EnumerateObject())
        {
            CheckType(resource, context.Warnings);
            foreach (var (place, text) in TextsIn(resource.Value, ""))
            {
                CheckReferences(resource.Name, place, text, resources, model, faults, context.Warnings);
            }
        }

        context.Warnings.AddRange(PathsOutside(model, configuration));
        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }

    // A resource without a type has an error in its place, which is said where it is written.
    private static void CheckType(JsonProperty resource, List<string> warnings)
    {
        if (resource.Value.TryGetProperty("type", out var type) && !Types.Contains(type.ToString()))
        {
            warnings.Add($"Resource '{resource.Name}' has the type '{type}' in the manifest, which azd and Aspire's other tools may not know. Leave it out with ExcludeFromManifest, unless yours does.");
        }
    }

    private static void CheckReferences(string resource, string place, string text, JsonElement resources, DistributedApplicationModel model, List<string> faults, List<string> warnings)
    {
        foreach (var path in References().Matches(text).Select(m => m.Groups["path"].Value).Distinct(StringComparer.Ordinal))
        {
            var words = path.Split('.');
            if (Resolves(resources, words))
            {
                continue;
            }

            if (model.Resources.Any(r => r.Name == words[0]))
            {
                faults.Add($"'{place}' of resource '{resource}' refers to '{{{path}}}', which the manifest does not have. Publish '{words[0]}' too, with that endpoint or value, or set '{place}' in run mode only.");
            }
            else
            {
                warnings.Add($"'{place}' of resource '{resource}' has '{{{path}}}' in it, which tools that read the manifest take for a reference to a resource.");
            }
        }
    }

    private static bool Resolves(JsonElement resources, string[] words)
    {
        if (!resources.TryGetProperty(words[0], out var resource))
        {
            return false;
        }

        return words[1..] switch
        {
            ["bindings", var binding, var field] => BindingFields.Contains(field, StringComparer.Ordinal) && Has(resource, "bindings", binding),
            ["outputs" or "secretOutputs", ..] => resource.TryGetProperty("type", out var type) && !Types.Except(["azure.bicep.v0", "azure.bicep.v1"]).Contains(type.ToString()),
            [] => false,
            var fields => Has(resource, fields),
        };
    }

    private static bool Has(JsonElement element, params string[] fields)
        => fields.All(f => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(f, out element));

    private static IEnumerable<(string Place, string Text)> TextsIn(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => TextsIn(p.Value, place.Length == 0 ? p.Name : $"{place}.{p.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((e, i) => TextsIn(e, $"{place}[{i}]")),
        JsonValueKind.String => [(place, element.GetString()!)],
        _ => [],
    };

    // What lies outside of the sources is not there where the manifest is read.
    private static IEnumerable<string> PathsOutside(DistributedApplicationModel model, IConfiguration configuration)
    {
        var published = model.Resources.Where(r => !r.IsExcludedFromPublish()).ToList();
        var sources = PublishSources.Of(configuration["AppHost:Directory"]!, published.SelectMany(r => r.Annotations.OfType<IProjectMetadata>()).Select(m => m.ProjectPath));
        return from resource in published
               from mount in resource.Annotations.OfType<ContainerMountAnnotation>()
               where mount.Type == ContainerMountType.BindMount && mount.Source is not null && !sources.Has(mount.Source)
               select $"Container '{resource.Name}' mounts '{mount.Source}', which is outside of '{sources.Root}' and so not there where the manifest is deployed from other copies of it. Keep it beside the AppHost, or use a volume.";
    }

    [GeneratedRegex(@"\{(?<path>[A-Za-z][\w.-]*)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex References();
}
