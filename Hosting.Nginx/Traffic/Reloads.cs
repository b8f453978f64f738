using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Brings a changed configuration into the running Nginx. Those who ask while a reload goes on share the next one, and between two there is a second.</summary>
/// <param name="state">What the configuration is made of.</param>
/// <param name="configure">Makes the configuration the current one, checked by nginx; null: it is already.</param>
/// <param name="master">The running Nginx.</param>
/// <param name="flags">Steer it.</param>
/// <param name="admin">Tells which configuration it uses.</param>
/// <param name="version">The version of nginx.</param>
/// <param name="trouble">Is told why the last one failed; null: it did not.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle, which alone needs an end, is never asked for.")]
internal sealed partial class Reloads(
    GatewayState state,
    Func<NginxRequest, CancellationToken, Task<ConfigChange>> configure,
    IMaster master,
    FlagFolder flags,
    AdminSocket admin,
    NginxVersion version,
    Action<string?> trouble,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    /// <summary>For clients to have got an answer that closes their connection.</summary>
    private static readonly TimeSpan LeastClosingTime = TimeSpan.FromMilliseconds(100);

    /// <summary>A client that asks for nothing for longer has its idle connection closed, as it may be at any time.</summary>
    private static readonly TimeSpan MostClosingTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _one = new(1);
    private long _lastAsked;
    private long _lastDone;
    private long? _lastReload;
    private bool _readAgain;

    /// <summary>Returns when workers with the state's configuration serve, and those before them take no more connections.</summary>
    /// <exception cref="DistributedApplicationException">nginx does not accept it, or did not take it: the one before stays in use.</exception>
    public Task ApplyAsync(CancellationToken cancellationToken) => ApplyAsync(evenTheSame: false, cancellationToken);

    /// <summary>Reads all files anew, certificates among them.</summary>
    /// <exception cref="DistributedApplicationException">nginx does not accept it, or did not take it: the one before stays in use.</exception>
    public Task ReadAgainAsync(CancellationToken cancellationToken) => ApplyAsync(evenTheSame: true, cancellationToken);

    private async Task ApplyAsync(bool evenTheSame, CancellationToken cancellationToken)
    {
        if (evenTheSame)
        {
            Volatile.Write(ref _readAgain, true);
        }

        var number = Interlocked.Increment(ref _lastAsked);
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_lastDone < number)
            {
                await ComeApartAsync(cancellationToken).ConfigureAwait(false);
                var done = Interlocked.Read(ref _lastAsked);
                await ChangeAsync(Interlocked.Exchange(ref _readAgain, false), cancellationToken).ConfigureAwait(false);
                _lastDone = done;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ComeApartAsync(CancellationToken cancellationToken)
    {
        if (_lastReload is { } last && Apart - time.GetElapsedTime(last) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ChangeAsync(bool evenTheSame, CancellationToken cancellationToken)
    {
        try
        {
            var change = await configure(state.Request, cancellationToken).ConfigureAwait(false);
            if (change.IsNew || evenTheSame)
            {
                await ReloadAsync(change, cancellationToken).ConfigureAwait(false);
            }

            trouble(null);
        }
        catch (DistributedApplicationException e)
        {
            trouble(e.Message);
            throw;
        }
    }

    private async Task ReloadAsync(ConfigChange change, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            await QuietlyAsync(
                async () =>
                {
                    if (await master.ReloadAsync(cancellationToken).ConfigureAwait(false) && !await admin.VersionBecomesAsync(change.Revision, cancellationToken).ConfigureAwait(false))
                    {
                        throw new DistributedApplicationException($"Nginx '{state.Request.Name}' does not use its new configuration. What it says: 'stack logs {state.Request.Name}'.");
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            change.GoBack();
            throw;
        }
        finally
        {
            _lastReload = time.GetTimestamp();
        }

        LogReloaded(state.Request.Name, change.Revision, time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>
    /// A reload closes the idle connections of clients, and one may just be sending on such a one; so it does with those that wait for an answer, once they have it. Before, each answer tells its client to use a
    /// new connection, until those of before are gone; newer versions of nginx wait by themselves.
    /// </summary>
    private async Task QuietlyAsync(Func<Task> reload, CancellationToken cancellationToken)
    {
        if (version >= NginxVersion.KeepAliveMinTimeout || !master.IsRunning)
        {
            await reload().ConfigureAwait(false);
            return;
        }

        flags.BeginClosing();
        try
        {
            await UntilOthersAreUsedAsync(cancellationToken).ConfigureAwait(false);
            await reload().ConfigureAwait(false);
        }
        finally
        {
            flags.EndClosing();
        }
    }

    private async Task UntilOthersAreUsedAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var before = ClientConnections.Of(state.Request.Port);
        await Task.Delay(LeastClosingTime, time, cancellationToken).ConfigureAwait(false);
        while (time.GetElapsedTime(start) < MostClosingTime && !before.AreGone)
        {
            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(6010, LogLevel.Information, "Nginx '{Name}' uses its configuration {Revision} now, {Milliseconds:0} ms after it was told so.")]
    private partial void LogReloaded(string name, string revision, double milliseconds);
}

/// <summary>A configuration that was made the current one.</summary>
/// <param name="Revision">What Nginx calls it.</param>
/// <param name="IsNew">False: it was the current one before.</param>
/// <param name="GoBack">Makes the one before the current one again.</param>
internal sealed record ConfigChange(string Revision, bool IsNew, Action GoBack);
