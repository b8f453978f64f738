namespace Stack.Dashboard.Storage;

/// <summary>Holds a data folder for one process: an flock on <c>lock</c>, which the system lets go of when the process dies, and the holder's name beside it.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _lock;

    private FolderLock(FileStream stream) => _lock = stream;

    /// <summary>Null when another process has it; <paramref name="holder"/> then says which.</summary>
    public static FolderLock? TryTake(string directory, out string holder)
    {
        var holderFile = Path.Combine(directory, "holder");
        FileStream stream;
        try
        {
            // On Unix FileShare.None is flock(LOCK_EX | LOCK_NB).
            var file = Path.Combine(directory, "lock");
            stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            OwnerOnly.Protect(file);
        }
        catch (IOException)
        {
            holder = File.Exists(holderFile) ? File.ReadAllText(holderFile).Trim() : "another process";
            return null;
        }

        holder = $"process {Environment.ProcessId}";
        try
        {
            File.WriteAllText(holderFile, holder + "\n");
            OwnerOnly.Protect(holderFile);
        }
        catch (IOException)
        {
            // A full disk: the lock holds without a name.
        }

        return new FolderLock(stream);
    }

    public void Dispose() => _lock.Dispose();
}
