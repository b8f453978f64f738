using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>What configuration says about Nginx; each property is named after its key below <c>Stack:Nginx</c>.</summary>
internal sealed record NginxSettings
{
    public const string DefaultImage = "nginx:1.28";
    public const string RuntimeVariable = "STACK_NGINX_RUNTIME";

    /// <summary>Null: what the AppHost's code says.</summary>
    public NginxRuntime? Runtime { get; init; }

    /// <summary>Where the value of <see cref="Runtime"/> comes from, for messages.</summary>
    public string? RuntimeSource { get; init; }

    /// <summary>The nginx executable; null: it is searched for.</summary>
    public string? Path { get; init; }

    public string? Image { get; init; }

    /// <summary>The hand-written part; null: the folder <c>nginx</c> beside the AppHost's.</summary>
    public string? Folder { get; init; }

    /// <param name="read">Gives the value of a configuration key, null when there is none.</param>
    /// <exception cref="DistributedApplicationException">The runtime is none of the three.</exception>
    public static NginxSettings Read(Func<string, string?> read)
    {
        var (source, text) = Value(read, RuntimeVariable) is { } variable
            ? (RuntimeVariable, variable)
            : ("Stack:Nginx:Runtime", Value(read, "Stack:Nginx:Runtime"));
        return new NginxSettings
        {
            Runtime = text is null ? null : ParseRuntime(source, text),
            RuntimeSource = text is null ? null : source,
            Path = Value(read, "Stack:Nginx:Path"),
            Image = Value(read, "Stack:Nginx:Image"),
            Folder = Value(read, "Stack:Nginx:Folder"),
        };
    }

    /// <summary>Full path of the folder of the hand-written part; null: there is none, and what is inside this assembly holds.</summary>
    public static string? SourceOf(IConfiguration configuration, string appHostDirectory)
    {
        if (Read(key => configuration[key]).Folder is { } folder)
        {
            return System.IO.Path.GetFullPath(folder, appHostDirectory);
        }

        // Of an AppHost that was published it is inside.
        string[] places = [System.IO.Path.GetFullPath(System.IO.Path.Combine("..", "nginx"), appHostDirectory), System.IO.Path.Combine(appHostDirectory, "nginx")];
        return places.FirstOrDefault(place => File.Exists(System.IO.Path.Combine(place, NginxNames.RootFile)));
    }

    private static string? Value(Func<string, string?> read, string key) => read(key) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static NginxRuntime ParseRuntime(string source, string text) =>
        Enum.GetNames<NginxRuntime>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<NginxRuntime>(name)
            : throw new DistributedApplicationException($"'{text}' is no runtime for Nginx (setting {source}). Use 'auto', 'container' or 'process'.");
}
