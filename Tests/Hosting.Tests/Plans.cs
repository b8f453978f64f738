using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;

namespace Hosting.Tests;

/// <summary>Makes plans of small models, with free ports that count up from 20000, and reads what the processes would be told.</summary>
internal static class Plans
{
    public static StackPlan Of(IDistributedApplicationBuilder builder, bool randomizePorts = false)
    {
        var next = 20000;
        var plan = new PlanMaker((count, taken) => Free(ref next, count, taken), randomizePorts).Make(builder.Resources);
        PlanMaker.Publish(plan);
        return plan;
    }

    /// <summary>The variables that a replica would be told, as text.</summary>
    public static async Task<Dictionary<string, string?>> EnvironmentAsync(IDistributedApplicationBuilder builder, string resource = "site", int replica = 0)
    {
        var plan = Of(builder).Resources.Single(r => r.Name == resource);
        var context = new ValueProviderContext { ExecutionContext = builder.ExecutionContext, Caller = plan.Resource, Replica = plan.Replicas[replica] };
        Dictionary<string, string?> result = [];
        foreach (var (name, value) in await RawAsync(builder, plan.Resource))
        {
            result[name] = value is IValueProvider provider
                ? await provider.GetValueAsync(context, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)
                : Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        return result;
    }

    /// <summary>The variables as they would be published: placeholders for what is not known.</summary>
    public static async Task<Dictionary<string, string?>> PublishedEnvironmentAsync(IDistributedApplicationBuilder builder, string resource = "site")
        => (await RawAsync(builder, builder.Resources.Single(r => r.Name == resource)))
            .ToDictionary(v => v.Key, v => v.Value is IManifestExpressionProvider provider ? provider.ValueExpression : Convert.ToString(v.Value, CultureInfo.InvariantCulture));

    public static async Task<List<string>> ArgumentsAsync(IDistributedApplicationBuilder builder, string resource = "site")
    {
        var context = new CommandLineArgsCallbackContext(new List<object>(), builder.Resources.Single(r => r.Name == resource)) { ExecutionContext = builder.ExecutionContext };
        foreach (var callback in context.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return [.. context.Args.Cast<string>()];
    }

    public static EndpointAnnotation Endpoint(this IResource resource, string name) => resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == name);

    private static async Task<Dictionary<string, object>> RawAsync(IDistributedApplicationBuilder builder, IResource resource)
    {
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.EnvironmentVariables;
    }

    private static int Free(ref int next, int count, IReadOnlySet<int> taken)
    {
        while (Enumerable.Range(next, count).Any(taken.Contains))
        {
            next++;
        }

        next += count;
        return next - count;
    }
}
