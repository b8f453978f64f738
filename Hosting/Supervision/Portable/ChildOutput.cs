namespace Stack.Hosting.Supervision.Portable;

/// <summary>Copies what a child writes to its log file, as bytes: lines would cost several times the work.</summary>
internal static class ChildOutput
{
    private const int BufferSize = 64 * 1024;

    /// <exception cref="LaunchException">It can't be opened.</exception>
    public static FileStream OpenLog(string path)
    {
        // ERROR_TOO_MANY_OPEN_FILES, and EMFILE as .NET hands it on.
        const int tooManyFilesOnWindows = unchecked((int)0x80070004);
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            }

            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var error = e.HResult is Posix.Libc.TooManyFiles or tooManyFilesOnWindows ? Posix.Libc.TooManyFiles : Posix.Libc.NoAccess;
            throw new LaunchException($"The log file '{path}' can't be opened: {e.Message}", error, isPermanent: error != Posix.Libc.TooManyFiles);
        }
    }

    /// <summary>Until the last one who can write to the stream has closed it, which may be long after the child's end.</summary>
    public static async Task CopyAsync(Stream from, FileStream log)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = await from.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
        {
            await log.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
