using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>What the start of many replicas costs, in processor time: that of the machine's other work is not in it.</summary>
[Trait("kind", "process")]
public sealed class StartBudgetTests : IDisposable
{
    private const int Replicas = 64;

    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sixty_four_replicas_cost_the_supervisor_little_more_than_one()
    {
        var one = await CostAsync(1);

        var many = await CostAsync(Replicas);

        // Measured: 1 to 2 ms each.
        ((many - one).TotalMilliseconds / (Replicas - 1)).ShouldBeLessThan(15, $"one: {one.TotalMilliseconds:0} ms, {Replicas}: {many.TotalMilliseconds:0} ms");
    }

    /// <summary>Processor time of a whole supervising process from its launch until all run.</summary>
    private async Task<TimeSpan> CostAsync(int replicas)
    {
        var log = _folder.File($"{replicas}.log");
        var host = await Launchers.Create(_logger).LaunchAsync(
            new LaunchRequest
            {
                FileName = ActorProgram.Path,
                Arguments = ["supervise", _folder.Path, $"{replicas}", "/bin/sleep", "1000"],
                WorkingDirectory = _folder.Path,
                Environment = ActorProgram.Environment,
                LogFile = log,
                ParentDeathSignal = SignalNames.Kill,
            },
            CancellationToken.None);
        try
        {
            await Wait.Until(() => File.ReadAllLines(log).Contains("all"), () => File.ReadAllText(log));
            using var process = System.Diagnostics.Process.GetProcessById(host.Pid);
            return process.TotalProcessorTime;
        }
        finally
        {
            host.Signal(SignalNames.Kill);
            await host.Exited.Within();
        }
    }
}
