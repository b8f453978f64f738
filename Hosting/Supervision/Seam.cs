using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

internal sealed class InstanceSupervisor(
    InstanceSpec spec, IProcessLauncher launcher, IStartGate gate, IInstanceProber prober, TimeProvider time, ILogger logger, Action<InstanceSnapshot> published) : IAsyncDisposable
{
    public object[] Parts { get; } = [spec, launcher, gate, prober, time, logger, published];

    public InstanceSnapshot Current { get; } = new() { Name = spec.Name, Index = spec.Index, State = InstanceState.Stopped, Health = InstanceHealth.Unknown, Wanted = false };

    public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult(Parts);

    public Task StopAsync(CancellationToken cancellationToken) => Task.FromResult(Parts);

    public Task RestartAsync(CancellationToken cancellationToken) => Task.FromResult(Parts);

    public void Kill() => _ = Parts;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal interface IInstanceProber;

internal sealed class HttpProber : IInstanceProber;

internal static class PortPreflight
{
    public static PortHolder? FindHolder(int port) => port < 0 ? new PortHolder(port, null, null, null) : null;
}

internal sealed record PortHolder(int Port, int? Pid, string? Command, int? Uid)
{
    public string Describe() => $"{Pid} {Command} {Uid}";
}

internal sealed class StartSlots(int slots)
{
    public int Slots { get; } = slots;

    public Task<IDisposable> AcquireAsync(bool restart, CancellationToken cancellationToken) => Task.FromResult<IDisposable>(new MemoryStream(restart ? Slots : 0));
}

internal static class Launchers
{
    public static IProcessLauncher Create(ILoggerFactory loggers) => throw new PlatformNotSupportedException(loggers.ToString());
}
