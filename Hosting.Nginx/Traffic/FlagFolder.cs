using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Sets and clears the files that steer a running Nginx; what they mean is in <see cref="Flags"/>.</summary>
/// <param name="folder">Absolute path; the workers, which may run as another user, have to get into it.</param>
internal sealed class FlagFolder(string folder)
{
    private const UnixFileMode Searchable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder, without any flag in it.</summary>
    public void Reset()
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, Searchable);
        }

        foreach (var flag in Directory.EnumerateFiles(folder))
        {
            File.Delete(flag);
        }
    }

    /// <summary>Keeps new requests from a replica. That of the replica first: by the site's Nginx is led to look for it.</summary>
    public void Drain(string site, int port)
    {
        Set(Flags.OfReplica(folder, site, port));
        Set(Flags.OfSite(folder, site));
    }

    public void Admit(string site, int port)
    {
        File.Delete(Flags.OfSite(folder, site));
        File.Delete(Flags.OfReplica(folder, site, port));
    }

    /// <summary>From now on each answer closes its client's connection.</summary>
    public void BeginClosing() => Set(Flags.Closing(folder));

    public void EndClosing() => File.Delete(Flags.Closing(folder));

    private static void Set(string flag) => File.Create(flag).Dispose();
}
