using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

/// <summary>Adds connection strings that are put together from other values.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>Adds a connection string.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="connectionStringExpression">The connection string.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>builder.AddConnectionString("cache", ReferenceExpression.Create($"{host},password={password}"));</code></example>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ReferenceExpression connectionStringExpression)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var resource = new ConnectionStringResource(name, connectionStringExpression);
        References.Note(resource, connectionStringExpression);
        return builder.AddResource(resource).WithInitialState(ValueSnapshots.First(KnownResourceTypes.ConnectionString, source: null));
    }

    /// <summary>Adds a connection string.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="connectionStringBuilder">Puts it together.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>builder.AddConnectionString("cache", cs => cs.Append($"{host},password={password}"));</code></example>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        ArgumentNullException.ThrowIfNull(connectionStringBuilder);
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }
}
