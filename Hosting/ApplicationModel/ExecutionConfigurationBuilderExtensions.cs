namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says what a builder of execution configurations looks at.</summary>
public static class ExecutionConfigurationBuilderExtensions
{
    /// <summary>Runs the callbacks that set arguments: those of <c>WithArgs</c>.</summary>
    /// <param name="builder">The builder.</param>
    public static IExecutionConfigurationBuilder WithArgumentsConfig(this IExecutionConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddExecutionConfigurationGatherer(new ArgumentsGatherer());
    }

    /// <summary>Runs the callbacks that set environment variables: those of <c>WithEnvironment</c> and <c>WithReference</c>.</summary>
    /// <param name="builder">The builder.</param>
    public static IExecutionConfigurationBuilder WithEnvironmentVariablesConfig(this IExecutionConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddExecutionConfigurationGatherer(new EnvironmentGatherer());
    }
}
