namespace Stack.Hosting.Nginx.Traffic;

/// <summary>The running Nginx.</summary>
internal interface IMaster
{
    /// <summary>There is a process; it may be about to start or to end.</summary>
    bool IsRunning { get; }

    /// <summary>Lets Nginx read its configuration anew, and returns when workers with it serve and those before them take no more connections.</summary>
    /// <returns>False: Nginx does not run, and there is nothing to do: its next start reads it.</returns>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">Nginx goes on with the configuration before.</exception>
    Task<bool> ReloadAsync(CancellationToken cancellationToken);
}
