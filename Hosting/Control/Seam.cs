using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

internal interface IStackControl
{
    StackStatus GetStatus();

    IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken);

    string? FindLogFile(string replica);

    IReadOnlyList<string> ReplicasOf(string resource);

    DashboardAccess? Dashboard { get; }

    Task<CommandOutcome> ExecuteAsync(string name, string command, CancellationToken cancellationToken);

    void RequestDown(bool force);
}

internal abstract record StackEvent(long Seq);

internal sealed record CommandOutcome(bool Succeeded, string? Message);

internal sealed class ControlServer : IAsyncDisposable
{
    public static Task<ControlServer> StartAsync(string runFolder, IStackControl control, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
        => Task.FromResult(new ControlServer());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
