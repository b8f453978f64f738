using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Stack.Inject;

/// <summary>
/// Sees each host that is about to be built. <c>CreateSlimBuilder</c> and <c>CreateEmptyBuilder</c> do not ask for hosting start-ups, so this is the
/// only way to them; for all others it comes second, and finds its work done.
/// </summary>
internal sealed class HostBuildingWatch : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Source = "Microsoft.Extensions.Hosting";
    private const string HostBuilding = "HostBuilding";

    public static void Begin() => DiagnosticListener.AllListeners.Subscribe(new HostBuildingWatch());

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Source)
        {
            value.Subscribe(this, name => name == HostBuilding);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: HostBuilding, Value: IHostBuilder host })
        {
            Injection.AddTo(host);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
