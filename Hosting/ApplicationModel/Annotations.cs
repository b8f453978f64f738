namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many replicas of the resource run; the last one counts.</summary>
/// <param name="replicas">The number, 0 or more.</param>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    /// <summary>The number.</summary>
    public int Replicas { get; } = replicas >= 0 ? replicas : throw new ArgumentOutOfRangeException(nameof(replicas), replicas, "The number of replicas can't be negative.");
}

/// <summary>The program that the resource runs as.</summary>
public sealed class ExecutableAnnotation : IResourceAnnotation
{
    /// <summary>Path of the program, or a name that is looked up on PATH.</summary>
    public required string Command { get; set; }

    /// <summary>Absolute path of the folder it runs in.</summary>
    public required string WorkingDirectory { get; set; }
}

/// <summary>Sets environment variables of the resource at each start.</summary>
public class EnvironmentCallbackAnnotation : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Sets the variables.</param>
    public EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) => Callback = callback;

    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Sets the variables.</param>
    public EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }

    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Sets the variables.</param>
    public EnvironmentCallbackAnnotation(Action<Dictionary<string, object>> callback)
        : this((EnvironmentCallbackContext context) => callback(context.EnvironmentVariables))
    {
    }

    /// <summary>Creates the annotation for one variable.</summary>
    /// <param name="name">Name of the variable.</param>
    /// <param name="callback">Returns its value at each start.</param>
    public EnvironmentCallbackAnnotation(string name, Func<string> callback)
        : this((EnvironmentCallbackContext context) =>
        {
            context.EnvironmentVariables[name] = callback();
        })
    {
    }

    /// <summary>Sets the variables.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; }
}

/// <summary>Adds command line arguments of the resource at each start.</summary>
public class CommandLineArgsCallbackAnnotation : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Adds the arguments.</param>
    public CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) => Callback = callback;

    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">Adds the arguments.</param>
    public CommandLineArgsCallbackAnnotation(Action<IList<object>> callback)
        : this(context =>
        {
            callback(context.Args);
            return Task.CompletedTask;
        })
    {
    }

    /// <summary>Adds the arguments.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; }
}

/// <summary>Names the launch profile that a project runs with.</summary>
/// <param name="launchProfileName">The name.</param>
public sealed class LaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public string LaunchProfileName { get; } = launchProfileName;
}

/// <summary>The project runs without a launch profile.</summary>
public sealed class ExcludeLaunchProfileAnnotation : IResourceAnnotation;

/// <summary>A health check of the resource, by its key.</summary>
/// <param name="key">The key.</param>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}
