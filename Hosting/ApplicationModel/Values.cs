namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known when the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value; waits until it is known.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>The value as seen by a certain consumer.</summary>
    /// <param name="context">The consumer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => GetValueAsync(cancellationToken);
}

/// <summary>A value that has a placeholder in published files.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The placeholder: <c>{site.bindings.http.url}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value that depends on others.</summary>
public interface IValueWithReferences
{
    /// <summary>The others.</summary>
    IEnumerable<object> References { get; }
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource that uses the value.</summary>
    public IResource? Caller { get; init; }

    /// <summary>The network that the value is used on; null: the caller's own.</summary>
    public NetworkIdentifier? Network { get; init; }

    /// <summary>The replica that is about to start with the value.</summary>
    internal ReplicaIdentity? Replica { get; init; }
}

/// <summary>One replica of a resource, as its environment and arguments see it.</summary>
/// <param name="Name">Its name: <c>site-8001</c>.</param>
/// <param name="Index">Its 0-based index.</param>
/// <param name="Ports">The port it listens on, by endpoint name.</param>
internal sealed record ReplicaIdentity(string Name, int Index, IReadOnlyDictionary<string, int> Ports)
{
    /// <summary>The port that <c>PORT</c> tells: that of the first endpoint.</summary>
    public int? Port { get; init; }
}

/// <summary>A value that each replica has for itself, filled in when it starts.</summary>
/// <param name="value">Makes the value.</param>
internal sealed class ReplicaValue(Func<ReplicaIdentity, string?> value) : IValueProvider
{
    /// <summary>The value where no replica is known, as in a test that only looks at the model; null leaves it out.</summary>
    public string? WithoutReplica { get; init; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => throw new InvalidOperationException("This value differs from replica to replica, and was asked for without one.");

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        => context.Replica is { } replica ? ValueTask.FromResult(value(replica)) : GetValueAsync(cancellationToken);
}
