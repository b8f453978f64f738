using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests;

/// <summary>What a resource would be started with, looked at without starting it.</summary>
internal static class Configured
{
    public static Task<IExecutionConfigurationResult> ConfigurationAsync<T>(this IResourceBuilder<T> resource)
        where T : IResource
        => ExecutionConfigurationBuilder.Create(resource.Resource).WithArgumentsConfig().WithEnvironmentVariablesConfig()
            .BuildAsync(resource.ApplicationBuilder.ExecutionContext, cancellationToken: TestContext.Current.CancellationToken);

    public static async Task<Dictionary<string, string>> EnvironmentAsync<T>(this IResourceBuilder<T> resource)
        where T : IResource
    {
        var configuration = await resource.ConfigurationAsync();
        configuration.Exception.ShouldBeNull();
        return new Dictionary<string, string>(configuration.EnvironmentVariables);
    }

    public static async Task<string[]> ArgumentsAsync<T>(this IResourceBuilder<T> resource)
        where T : IResource
    {
        var configuration = await resource.ConfigurationAsync();
        configuration.Exception.ShouldBeNull();
        return [.. configuration.Arguments.Select(a => a.Value)];
    }

    public static IResourceBuilder<ExecutableResource> AddTool(this IDistributedApplicationBuilder builder, string name = "tool") => builder.AddExecutable(name, "/bin/true", "/");

    /// <summary>Gives an endpoint its address, as a start would.</summary>
    public static IResourceBuilder<T> Allocated<T>(this IResourceBuilder<T> resource, string endpoint, int port)
        where T : IResourceWithEndpoints
        => resource.WithEndpoint(endpoint, e => e.AllocatedEndpoint = new AllocatedEndpoint(e, "localhost", port), createIfNotExists: false);

    /// <summary>The resources that a resource is shown to refer to.</summary>
    public static IEnumerable<string> ReferencesOf(this IResource resource)
        => resource.Annotations.OfType<ResourceRelationshipAnnotation>().Where(r => r.Type == "Reference").Select(r => r.Resource.Name);
}

/// <summary>A database as an integration would write it.</summary>
internal sealed class Database(string name, ReferenceExpression connectionString) : Resource(name), IResourceWithConnectionString, IResourceWithEnvironment, IResourceWithArgs
{
    public ReferenceExpression ConnectionStringExpression { get; } = connectionString;

    public string? ConnectionStringEnvironmentVariable { get; init; }

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"db.example.org")),
        new("Port", ReferenceExpression.Create($"5432")),
    ];
}
