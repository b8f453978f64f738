namespace Aspire.Hosting;

/// <summary>Something in the application model, or in starting it, is wrong; the message names the thing, the reason and the remedy.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Creates the exception without a message of its own.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What failed, which one in quotes, what to do.</param>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What failed, which one in quotes, what to do.</param>
    /// <param name="inner">The cause.</param>
    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
