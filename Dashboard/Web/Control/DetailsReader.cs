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

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var details = await client.GetDetailsAsync(name, either.Token);
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
        catch (Exception e) when (e is HttpRequestException or IOException or ControlRefusedException or JsonException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            return _known.GetValueOrDefault(name);
        }
    }
}
