using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Names places in the state folder, where what has to outlive releases and restarts is kept.</summary>
public static class StateFolderExtensions
{
    /// <summary>
    /// The full path of a file or folder in the state folder: <c>.stack</c> beside the AppHost in development, <c>/var/lib/stack/&lt;app name&gt;</c> in production,
    /// or what <c>Stack:State</c> says. In what is published it is always the one of production. Nothing is made there.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="relativePath">The path from the state folder on, as in <c>board/board.db</c>. Names that Stack itself uses (<c>logs</c>, <c>nginx</c>, <c>telemetry</c>, <c>keys</c>, <c>instances</c>, <c>releases</c>, …) are not for others.</param>
    /// <exception cref="ArgumentException">The path is empty or absolute.</exception>
    /// <example><code>builder.Configuration["ConnectionStrings:board"] ??= $"Data Source={builder.StatePath("board/board.db")}";</code></example>
    public static string StatePath(this IDistributedApplicationBuilder builder, string relativePath)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(relativePath);
        return Path.IsPathRooted(relativePath)
            ? throw new ArgumentException($"The path '{relativePath}' is absolute. Give one from the state folder on, as in 'board/board.db'.", nameof(relativePath))
            : Path.GetFullPath(relativePath, builder.ExecutionContext.IsPublishMode
                ? ProductionPlaces.StateFolderOf(builder.Configuration)
                : StackOptions.StateFolderOf(builder.Configuration, builder.Environment, builder.AppHostDirectory));
    }
}
