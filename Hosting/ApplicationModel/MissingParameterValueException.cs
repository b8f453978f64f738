namespace Aspire.Hosting;

/// <summary>A parameter or connection string has no value; the message names it and the configuration key that would give it one.</summary>
public class MissingParameterValueException : DistributedApplicationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Names what is missing.</param>
    public MissingParameterValueException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">Names what is missing.</param>
    /// <param name="innerException">The cause.</param>
    public MissingParameterValueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The configuration key that would give a value, if one would.</summary>
    internal string? Key { get; init; }
}
