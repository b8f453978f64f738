using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Building;

/// <summary>The gateway's options that the sites behind it have to know, as variables of their environment: added last, so that what else sets them is seen.</summary>
internal static class SiteSettings
{
    private const string BodySize = "Kestrel__Limits__MaxRequestBodySize";
    private const string HeadersSize = "Kestrel__Limits__MaxRequestHeadersTotalSize";
    private const string LineSize = "Kestrel__Limits__MaxRequestLineSize";

    public static void Add(NginxResource nginx)
    {
        var settings = Settings(nginx);
        foreach (var site in nginx.Annotations.OfType<NginxUpstreamAnnotation>().Select(upstream => upstream.Site).Distinct())
        {
            site.Annotations.Add(new EnvironmentCallbackAnnotation((EnvironmentCallbackContext context) => Set(context, site, nginx, settings)));
        }
    }

    private static Dictionary<string, string> Settings(NginxResource nginx)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        if (nginx.TryGetLastAnnotation<NginxLimitsAnnotation>(out var limits))
        {
            LimitsPlan plan = new(limits.Body, limits.Headers, limits.Timeout, limits.PerClientRate);
            settings[BodySize] = Number(plan.Body);
            settings[HeadersSize] = Number(plan.Headers + LimitsPlan.AddedHeaders);
            settings[LineSize] = Number(plan.Line);
        }

        if (nginx.Annotations.OfType<NginxStickyAnnotation>().Any())
        {
            settings["STACK_STICKY"] = "1";
        }

        return settings;
    }

    /// <exception cref="DistributedApplicationException">A limit is set to something else already.</exception>
    private static void Set(EnvironmentCallbackContext context, ProjectResource site, NginxResource nginx, Dictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            // Not every value is text: one that has to be asked for is not known here.
            if (Find(context, name) is { Key: { } key, Value: string other } && other != value)
            {
                throw new DistributedApplicationException(
                    $"'{site.Name}' gets {key}={other} from WithEnvironment or another gateway, but WithLimits of Nginx '{nginx.Name}' makes it {value}. Both sides have to agree: set it in WithLimits alone.");
            }

            context.EnvironmentVariables[name] = value;
        }

        if (!settings.ContainsKey(BodySize) && Find(context, BodySize).Value is string own && long.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > LimitsPlan.UsualBody)
        {
            throw new DistributedApplicationException(
                $"'{site.Name}' gets {BodySize}={own} from WithEnvironment, but Nginx '{nginx.Name}' lets only {LimitsPlan.UsualBody} bytes through. Set it for both in one place: WithLimits(body: {own}) of Nginx.");
        }
    }

    private static KeyValuePair<string, object> Find(EnvironmentCallbackContext context, string name) =>
        context.EnvironmentVariables.FirstOrDefault(other => string.Equals(other.Key, name, StringComparison.OrdinalIgnoreCase));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
