using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.ServiceDefaults.Lifetime;

/// <summary>Stops the site when its standard input ends, which is what happens when the AppHost that held the other end has died.</summary>
internal sealed partial class StdinLifeline(Stream input, IHostApplicationLifetime lifetime, ILogger<StdinLifeline> logger) : IHostedService
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the input has ended.</summary>
    public Task Ended => _ended.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A read of stdin can't be cancelled, so it gets a thread that does not keep the process alive.
        new Thread(Watch) { IsBackground = true, Name = "Stack lifeline" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        var ignored = new byte[256];
        try
        {
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // The other end is gone in a rough way: the same as its end-of-file.
        }

        _ended.TrySetResult();
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogEnded();
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(9501, LogLevel.Information, "Standard input has ended, so the AppHost is gone: stopping (STACK_LIFELINE=stdin).")]
    private partial void LogEnded();
}

/// <summary>Adds the lifeline where <c>STACK_LIFELINE</c> asks for it.</summary>
internal static class LifelineSetup
{
    public const string Variable = "STACK_LIFELINE";

    public static void AddLifeline(this IHostApplicationBuilder builder)
    {
        switch (builder.Configuration[Variable])
        {
            case null or "":
                break;
            case "stdin":
                builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<StdinLifeline>(services, Console.OpenStandardInput()));
                break;
            case { } other:
                throw new InvalidOperationException($"{Variable} is '{other}', but only 'stdin' is known. Correct or remove it.");
        }
    }
}
