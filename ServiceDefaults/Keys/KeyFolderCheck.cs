using Microsoft.Extensions.Hosting;

namespace Stack.ServiceDefaults.Keys;

/// <summary>Refuses to start with a key folder that can't be used: the site would run on keys of its own, and users would be logged out at random.</summary>
internal sealed class KeyFolderCheck(string folder) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidOperationException(
                $"The key folder '{folder}' does not exist. Create it (mode 0700) for user '{Environment.UserName}', or set {KeyRing.Variable} to another folder.");
        }

        try
        {
            var probe = Path.Combine(folder, $".writable-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"User '{Environment.UserName}' can't write to the key folder '{folder}': {failure.Message} "
                + $"Give the user the folder (mode 0700), or set {KeyRing.Variable} to another one.", failure);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
