using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost's program on a thread of its own, holds it in <c>Build()</c> while the test changes the model, and ends it before it would run the application.</summary>
internal sealed class SuspendedEntryPoint(Assembly assembly, string[] args)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // Carried by the program's own call chain, so that tests that run at the same time do not take each other's builders.
    private static readonly AsyncLocal<SuspendedEntryPoint?> Current = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _suspended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _resume = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<IDistributedApplicationTestingBuilder> RunToBuildAsync(CancellationToken cancellationToken)
    {
        if (assembly.EntryPoint is not { } main)
        {
            throw new InvalidOperationException($"The assembly '{assembly.GetName().Name}' has no program to run. Give a type of the AppHost's own assembly.");
        }

        var subscription = DiagnosticListener.AllListeners.Subscribe(new Listeners());
        var thread = new Thread(() => Run(main, subscription)) { IsBackground = true, Name = $"AppHost {assembly.GetName().Name}" };
        thread.Start();
        try
        {
            var builder = await _suspended.Task.WaitAsync(Limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return new TestingBuilder(builder, ResumeAsync, AbandonAsync);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"The program of '{assembly.GetName().Name}' did not call Build() within {Limit.TotalSeconds} s. Does it wait for something before that?", e);
        }
    }

    private Task<DistributedApplication> ResumeAsync()
    {
        _resume.TrySetResult(true);
        return _built.Task;
    }

    private ValueTask AbandonAsync()
    {
        _resume.TrySetResult(false);
        return ValueTask.CompletedTask;
    }

    private void Run(MethodInfo main, IDisposable subscription)
    {
        Current.Value = this;
        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? null : [args]);
            (result as Task)?.GetAwaiter().GetResult();
            Fail(new InvalidOperationException($"The program of '{assembly.GetName().Name}' ended without building an application."));
        }
        catch (TargetInvocationException e) when (e.InnerException is HostAbortedException)
        {
            // Ours: thrown where the program would have gone on to run.
        }
        catch (TargetInvocationException e)
        {
            Fail(e.InnerException ?? e);
        }
        finally
        {
            subscription.Dispose();
        }
    }

    private void Fail(Exception error)
    {
        _suspended.TrySetException(error);
        _built.TrySetException(error);
    }

    private void Handle(string name, object? payload)
    {
        switch (name)
        {
            case "DistributedApplicationBuilderConstructing" when payload is (DistributedApplicationOptions options, HostApplicationBuilderSettings settings):
                settings.Args = [.. TestDefaults.Missing(args), .. settings.Args ?? []];
                options.AssemblyName ??= assembly.GetName().Name;
                break;
            case "DistributedApplicationBuilding" when payload is DistributedApplicationBuilder builder:
                _suspended.TrySetResult(builder);
                if (!_resume.Task.GetAwaiter().GetResult())
                {
                    throw new HostAbortedException();
                }

                break;
            case "DistributedApplicationBuilt" when payload is DistributedApplication app:
                _built.TrySetResult(app);
                throw new HostAbortedException();
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

        public void OnNext(KeyValuePair<string, object?> value) => Current.Value?.Handle(value.Key, value.Value);

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
