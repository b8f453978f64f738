namespace Stack.Hosting.Nginx.Tests;

/// <summary>A folder that everybody may search, removed at the end.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("stack-nginx-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
