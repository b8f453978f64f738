using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Asks the AppHost for what is to know of a resource, and remembers it for when the AppHost does not answer.</summary>
internal sealed class DetailsReader(ControlClient client, StackWatch watch, TimeProvider time)
{
    private const int Remembered = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, ResourceDetails> _known = new();

    /// <summary>Null: the AppHost knows no such name, or never has told of it.</summary>
    public async Task<ResourceDetails?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (watch.Current.Connection is not StackConnection.Connected)
        {
            return _known.GetValueOrDefault(name);
        }

        try
        {
            var details = await AskAsync(token => client.GetDetailsAsync(name, token), cancellationToken);
            if (_known.Count >= Remembered)
            {
                _known.Clear();
            }

            return _known[name] = details;
        }
        catch (ControlRefusedException e) when (e.Status is HttpStatusCode.NotFound)
        {
            _known.TryRemove(name, out _);
            return null;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return _known.GetValueOrDefault(name);
        }
    }

    /// <summary>The releases of a site, the newest first; empty where it has none, or the AppHost does not answer.</summary>
    public async Task<IReadOnlyList<ReleaseInfo>> ReadReleasesAsync(string resource, CancellationToken cancellationToken)
    {
        try
        {
            return watch.Current.Connection is StackConnection.Connected && watch.Current.Find(resource) is { Release: not null }
                ? (await AskAsync(token => client.GetReleasesAsync(resource, token), cancellationToken)).Releases
                : [];
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return [];
        }
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await ask(either.Token);
    }

    private static bool IsNoAnswer(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or ControlRefusedException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
