namespace Aspire.Hosting;

/// <summary>Says what the AppHost was started for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>To run the application.</summary>
    Run,

    /// <summary>To write files from which it can be run elsewhere.</summary>
    Publish,
}

/// <summary>Says what the AppHost was started for.</summary>
public class DistributedApplicationExecutionContext
{
    private IServiceProvider? _services;

    /// <summary>Creates the context without the name of a publisher: it is <c>manifest</c>.</summary>
    /// <param name="operation">Run or publish.</param>
    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
        : this(operation, "manifest")
    {
    }

    /// <summary>Creates the context.</summary>
    /// <param name="operation">Run or publish.</param>
    /// <param name="publisherName">In publish mode the publisher.</param>
    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation, string publisherName)
    {
        Operation = operation;
        PublisherName = publisherName;
    }

    /// <summary>Creates the context.</summary>
    /// <param name="options">Operation, publisher and services.</param>
    public DistributedApplicationExecutionContext(DistributedApplicationExecutionContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Operation = options.Operation;
        PublisherName = options.PublisherName ?? "manifest";
        _services = options.ServiceProvider;
    }

    /// <summary>Run or publish.</summary>
    public DistributedApplicationOperation Operation { get; }

    /// <summary>In publish mode the publisher.</summary>
    public string PublisherName { get; set; }

    /// <summary>The application's services.</summary>
    /// <exception cref="InvalidOperationException">The application is not built yet.</exception>
    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException("The services are not available before the application is built. Call Build() first.");
        internal set => _services = value;
    }

    /// <summary>True when files are written.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <summary>True when the application is run.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;
}
