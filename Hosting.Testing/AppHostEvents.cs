using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Hands what builders announce to the one who observes the program that uses them.</summary>
internal static class AppHostEvents
{
    // Carried by the program's own call chain, so that tests that run at the same time do not take each other's builders.
    private static readonly AsyncLocal<IAppHostObserver?> Current = new();

    // One for the whole process: with one for each observer, each would hear everything several times.
    private static readonly IDisposable Subscription = DiagnosticListener.AllListeners.Subscribe(new Listeners());

    /// <summary>Runs a piece of code; the observer is told what it does with builders.</summary>
    public static T Observe<T>(IAppHostObserver observer, Func<T> code)
    {
        GC.KeepAlive(Subscription);
        var before = Current.Value;
        Current.Value = observer;
        try
        {
            return code();
        }
        finally
        {
            Current.Value = before;
        }
    }

    private static void Handle(IAppHostObserver observer, string name, object? payload)
    {
        switch (name)
        {
            case "DistributedApplicationBuilderConstructing" when payload is (DistributedApplicationOptions options, HostApplicationBuilderSettings settings):
                observer.BuilderCreating(options, settings);
                break;
            case "DistributedApplicationBuilderConstructed" when payload is DistributedApplicationBuilder builder:
                observer.BuilderCreated(builder);
                break;
            case "DistributedApplicationBuilding" when payload is DistributedApplicationBuilder builder:
                observer.Building(builder);
                break;
            case "DistributedApplicationBuilt" when payload is DistributedApplication app:
                observer.Built(app);
                break;
            default:
                break;
        }
    }

    private sealed class Listeners : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Aspire.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (Current.Value is { } observer)
            {
                Handle(observer, value.Key, value.Value);
            }
        }

        public void OnCompleted()
        {
            // Nothing to let go of.
        }

        public void OnError(Exception error)
        {
            // Listeners do not fail.
        }
    }
}
