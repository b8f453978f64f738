using Aspire.Hosting;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Portable;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Supervision;

public sealed class LaunchersTests : IDisposable
{
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _logger.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("posix")]
    public void Linux_with_glibc_gets_the_launcher_made_for_it(string? choice)
    {
        Launchers.Create(_logger, choice).ShouldBeOfType<PosixSpawnLauncher>();

        _logger.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Portable_launcher_can_be_asked_for_and_tells_what_is_weaker()
    {
        Launchers.Create(_logger, "process").ShouldBeOfType<ProcessLauncher>();

        _logger.Entries.ShouldHaveSingleItem().Message.ShouldBe(
            "Processes are started in the portable way, which is weaker than the one for Linux with glibc 2.34: Ctrl+C in the terminal reaches them directly; "
            + "stop signals reach a replica's first process, not those that it has started; when the AppHost is killed in development, only sites with ServiceDefaults end with it.");
    }

    [Fact]
    public void Unknown_choice_is_refused()
        => Should.Throw<DistributedApplicationException>(() => Launchers.Create(_logger, "fork")).Message.ShouldBe("Stack:Launcher is 'fork'. It can be 'auto', 'posix' or 'process'.");
}
