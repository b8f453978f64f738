using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds programs of this machine.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <summary>Adds a program.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">Path of the program, from the working directory; or a name that is looked up on PATH.</param>
    /// <param name="workingDirectory">Folder it runs in, from the AppHost's folder.</param>
    /// <param name="args">Arguments.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>builder.AddExecutable("tool", "make", "../native", "watch");</code></example>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string command, string workingDirectory, params string[]? args)
        => builder.AddExecutable(name, command, workingDirectory, args?.Cast<object>().ToArray());

    /// <summary>Adds a program.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">Path of the program, from the working directory; or a name that is looked up on PATH.</param>
    /// <param name="workingDirectory">Folder it runs in, from the AppHost's folder.</param>
    /// <param name="args">Arguments: strings, or value providers that are evaluated at start.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string command, string workingDirectory, params object[]? args)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(workingDirectory);
        var folder = Path.GetFullPath(workingDirectory, builder.AppHostDirectory);
        return builder.AddResource(new ExecutableResource(name, command, folder)).WithArgs(args ?? []);
    }

    /// <summary>Sets the program.</summary>
    /// <typeparam name="T">Type of the executable.</typeparam>
    /// <param name="builder">The executable.</param>
    /// <param name="command">Path of the program, from the working directory; or a name that is looked up on PATH.</param>
    /// <example><code>builder.AddExecutable("tool", "tool", ".").WithCommand("./bin/tool");</code></example>
    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string command)
        where T : ExecutableResource
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        AnnotationOf(builder).Command = command;
        return builder;
    }

    /// <summary>Sets the folder that the program runs in.</summary>
    /// <typeparam name="T">Type of the executable.</typeparam>
    /// <param name="builder">The executable.</param>
    /// <param name="workingDirectory">The folder, from the AppHost's folder.</param>
    /// <example><code>builder.AddExecutable("tool", "make", ".").WithWorkingDirectory("../native");</code></example>
    public static IResourceBuilder<T> WithWorkingDirectory<T>(this IResourceBuilder<T> builder, string workingDirectory)
        where T : ExecutableResource
    {
        ArgumentNullException.ThrowIfNull(workingDirectory);
        AnnotationOf(builder).WorkingDirectory = Path.GetFullPath(workingDirectory, builder.ApplicationBuilder.AppHostDirectory);
        return builder;
    }

    private static ExecutableAnnotation AnnotationOf<T>(IResourceBuilder<T> builder)
        where T : ExecutableResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resource.TryGetLastAnnotation<ExecutableAnnotation>(out var executable)
            ? executable
            : throw new InvalidOperationException($"The resource '{builder.Resource.Name}' has lost its ExecutableAnnotation. Add one that names its program.");
    }
}
