using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost's program on a thread of its own, holds it in <c>Build()</c> while the test changes the model, and ends it before it would run the application.</summary>
internal sealed class EntryPointRun : IAppHostObserver, IAsyncDisposable
{
    private const string LimitVariable = "DOTNET_HOST_FACTORY_RESOLVER_DEFAULT_TIMEOUT_IN_SECONDS";

    // What a program does after it was ended (finally blocks) is waited for this long.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly EntryPointProgram _program;
    private readonly IAppHostObserver _observer;
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _suspended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _resume = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EntryPointRun(EntryPointProgram program, string[] args, IAppHostObserver observer, TimeSpan limit)
    {
        _program = program;
        _observer = observer;
        new Thread(() => Run(args)) { IsBackground = true, Name = $"AppHost {program.Name}" }.Start();
        Suspended = SuspendedAsync(limit);
    }

    /// <summary>One minute, or what .NET's own variable for this says in seconds.</summary>
    public static TimeSpan DefaultLimit
        => int.TryParse(Environment.GetEnvironmentVariable(LimitVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(1);

    /// <summary>The builder, when the program has called <c>Build()</c>.</summary>
    public Task<DistributedApplicationBuilder> Suspended { get; }

    /// <summary>Lets the program build; completes when it has.</summary>
    public Task<DistributedApplication> ResumeAsync()
    {
        _resume.TrySetResult(true);
        return _built.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _resume.TrySetResult(false);
        try
        {
            await _ended.Task.WaitAsync(EndLimit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A program that never comes to an end is on a background thread: the test's own process ends it.
        }
    }

    void IAppHostObserver.BuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => _observer.BuilderCreating(options, settings);

    void IAppHostObserver.BuilderCreated(DistributedApplicationBuilder builder) => _observer.BuilderCreated(builder);

    void IAppHostObserver.Building(DistributedApplicationBuilder builder)
    {
        _observer.Building(builder);
        _suspended.TrySetResult(builder);
        if (!_resume.Task.GetAwaiter().GetResult())
        {
            throw new HostAbortedException();
        }
    }

    void IAppHostObserver.Built(DistributedApplication app)
    {
        _observer.Built(app);
        _built.TrySetResult(app);

        // From here on the test runs the application, not the program.
        throw new HostAbortedException();
    }

    private async Task<DistributedApplicationBuilder> SuspendedAsync(TimeSpan limit)
    {
        try
        {
            return await _suspended.Task.WaitAsync(limit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException(
                $"The program of '{_program.Name}' did not call Build() within {limit.TotalSeconds} s. Does it wait for something before that? {LimitVariable} sets the limit.", e);
        }
    }

    private void Run(string[] args)
    {
        try
        {
            AppHostEvents.Observe(this, () =>
            {
                _program.Main(args);
                return true;
            });
            Fail(new InvalidOperationException($"The program of '{_program.Name}' ended without building an application."));
        }
        catch (HostAbortedException)
        {
            // Ours: thrown where the program would have gone on. Nothing is left to wait for.
            Fail(new ObjectDisposedException(nameof(EntryPointRun)));
        }
        catch (Exception e)
        {
            // The program's own fault of any kind: it is for whoever waits for the builder or the application.
            Fail(e);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Fail(Exception error)
    {
        _suspended.TrySetException(error);
        if (_built.TrySetException(error))
        {
            // Perhaps nobody waits for it.
            _ = _built.Task.Exception;
        }
    }
}
