namespace Aspire.Hosting;

/// <summary>What an execution context is made of.</summary>
public class DistributedApplicationExecutionContextOptions
{
    /// <summary>Creates the options without the name of a publisher.</summary>
    /// <param name="operation">Run or publish.</param>
    public DistributedApplicationExecutionContextOptions(DistributedApplicationOperation operation) => Operation = operation;

    /// <summary>Creates the options.</summary>
    /// <param name="operation">Run or publish.</param>
    /// <param name="publisherName">In publish mode the publisher.</param>
    public DistributedApplicationExecutionContextOptions(DistributedApplicationOperation operation, string publisherName)
    {
        Operation = operation;
        PublisherName = publisherName;
    }

    /// <summary>Run or publish.</summary>
    public DistributedApplicationOperation Operation { get; }

    /// <summary>In publish mode the publisher; null: <c>manifest</c>.</summary>
    public string? PublisherName { get; }

    /// <summary>The application's services; null: they are not there yet.</summary>
    public IServiceProvider? ServiceProvider { get; set; }
}
