using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>With which environment variables and arguments a resource is to run.</summary>
public interface IExecutionConfigurationResult
{
    /// <summary>The arguments, and whether they must not be shown.</summary>
    IEnumerable<(string Value, bool IsSensitive)> Arguments { get; }

    /// <summary>The arguments with what they were made of.</summary>
    IEnumerable<(object Unprocessed, string Processed, bool IsSensitive)> ArgumentsWithUnprocessed { get; }

    /// <summary>The variables.</summary>
    IEnumerable<KeyValuePair<string, string>> EnvironmentVariables { get; }

    /// <summary>The variables with what they were made of.</summary>
    IEnumerable<KeyValuePair<string, (object Unprocessed, string Processed)>> EnvironmentVariablesWithUnprocessed { get; }

    /// <summary>All that variables and arguments refer to, directly or through others.</summary>
    IEnumerable<object> References { get; }

    /// <summary>What gatherers found out besides.</summary>
    IEnumerable<IExecutionConfigurationData> AdditionalConfigurationData { get; }

    /// <summary>Why values are missing; null: none is.</summary>
    Exception? Exception { get; }
}

/// <summary>Reads results.</summary>
public static class ExecutionConfigurationResultExtensions
{
    /// <summary>Finds the last additional data of a type.</summary>
    /// <typeparam name="T">Type of the data.</typeparam>
    /// <param name="configuration">The result.</param>
    /// <param name="additionalData">The data.</param>
    public static bool TryGetAdditionalData<T>(this IExecutionConfigurationResult configuration, [NotNullWhen(true)] out T? additionalData)
        where T : IExecutionConfigurationData
    {
        ArgumentNullException.ThrowIfNull(configuration);
        additionalData = configuration.AdditionalConfigurationData.OfType<T>().LastOrDefault();
        return additionalData is not null;
    }
}
