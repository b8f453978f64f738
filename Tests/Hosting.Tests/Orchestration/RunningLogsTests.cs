using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Observation;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Building;
using Stack.Hosting.Observation;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>Logs of an AppHost that runs: rotated, read, and read on by the next one.</summary>
[Trait("kind", "process")]
public sealed class RunningLogsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string LogPath => _temp.File("state/logs/flood.log");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Log_is_rotated_while_the_AppHost_runs_and_its_offsets_go_on_in_the_next_AppHost()
    {
        await RunAsync(async app =>
        {
            await Wait.Until(() => File.Exists($"{LogPath}.2"), timeout: TimeSpan.FromMinutes(1));
            await using var lines = app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync("flood").GetAsyncEnumerator(Cancelled);
            (await lines.MoveNextAsync()).ShouldBeTrue();
        });
        var before = LogRecord.Load($"{LogPath}.json")!;
        before.End.ShouldBe(before.Base + new FileInfo(LogPath).Length);
        before.Generations.Select(g => g.Offset).ShouldBe([0]);
        new SequenceReader(new LogFile(LogPath)).ReadOn();

        await RunAsync(_ => Wait.Until(() => LogFile.At(LogPath).Look().End > before.End, timeout: TimeSpan.FromMinutes(1)));

        var after = new LogFile(LogPath);
        after.Look().Generations.Select(g => g.Offset).ShouldBe([0, before.End]);
        new SequenceReader(after, before.End).ReadOn();   // each run of the program counts from 0
    }

    private async Task RunAsync(Func<DistributedApplication, Task> whileItRuns)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--environment=Development", $"--Stack:State={_temp.File("state")}", "--Stack:Logs:MinFreeBytes=0"],
            DisableDashboard = true,
            ProjectDirectory = _temp.Path,
        });
        builder.AddExecutable("flood", ActorProgram.Path, _temp.Path, "flood", "0", "200", "10").WithSupervision(s =>
        {
            s.StdoutLogFileMaxBytes = 100_000;
            s.StdoutLogFileBackups = 1000;
        });
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);
        await whileItRuns(app);
        await app.StopAsync(Cancelled);
    }
}
