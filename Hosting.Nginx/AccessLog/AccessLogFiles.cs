using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>The file that Nginx writes to, and those before it that were put aside: <c>access.json</c>, <c>access.json.1</c> and so on.</summary>
/// <param name="folder">Nginx's folder.</param>
internal sealed class AccessLogFiles(string folder)
{
    private const int Kept = 3;

    /// <summary>Lines hold addresses of clients and whatever is in a query.</summary>
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Live { get; } = Path.Combine(folder, AccessLogBlock.FileName);

    /// <summary>The one that was put aside last.</summary>
    public string Previous => Aside(1);

    public string PositionFile => Path.Combine(folder, "access.position");

    /// <summary>Those that are there, oldest first.</summary>
    public IEnumerable<(string Path, FileIdentity Identity)> OldestFirst()
    {
        for (var number = Kept; number >= 0; number--)
        {
            var path = number == 0 ? Live : Aside(number);
            if (FileCalls.Stat(path) is { } state)
            {
                yield return (path, state.Identity);
            }
        }
    }

    /// <summary>Makes the file if need be: one that Nginx makes could be read by everybody.</summary>
    public void Create()
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using FileStream file = new(Live, options);
    }

    /// <summary>Puts the file aside and begins another one. Nginx goes on with the old one until it is told.</summary>
    public void Rotate()
    {
        File.Delete(Aside(Kept));
        for (var number = Kept - 1; number >= 0; number--)
        {
            var path = number == 0 ? Live : Aside(number);
            if (File.Exists(path))
            {
                File.Move(path, Aside(number + 1));
            }
        }

        Create();
    }

    private string Aside(int number) => $"{Live}.{number}";
}
