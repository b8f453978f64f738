using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EndToEnd;

/// <summary>However a stack ends, nothing of it is left, and the next one starts at once.</summary>
[Collection("product ports")]
[Trait("kind", "e2e")]
public sealed partial class EndingTests : IAsyncLifetime
{
    private readonly StackPlace _place = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task Down_leaves_nothing_and_ends_what_is_being_followed()
    {
        await UpAsync();

        using var logs = _place.Start("logs", "-f", "site");
        (await logs.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldNotBeNull();

        var down = await _place.StackAsync("down");

        down.ExitCode.ShouldBe(0, down.All);
        await logs.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        logs.ExitCode.ShouldBe(0, "who follows the logs is told that they end");
        await Machine.ShouldBeCleanAsync(_place.State);
        (await _place.StackAsync("status")).ExitCode.ShouldBe(4);
    }

    [Theory]
    [InlineData("/bin/bash", "./stack", "up", "--no-build", "--state")]
    [InlineData("dotnet", "run", "--project", "AppHost", "-c", "Release", "--no-build", "--", "--state")]
    public async Task Ctrl_C_stops_everything_in_order(string file, params string[] args)
    {
        using var foreground = await ForegroundAsync(file, [.. args, _place.State]);

        // As a terminal does: to everything in the foreground.
        Kill(-foreground.Id, 2).ShouldBe(0);

        await foreground.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        foreground.ExitCode.ShouldBe(0);
        await Machine.ShouldBeCleanAsync(_place.State);
    }

    [Fact]
    public async Task Kill_9_of_the_AppHost_leaves_nothing_and_the_next_up_works_at_once()
    {
        await UpAsync();
        var supervisor = int.Parse((await File.ReadAllTextAsync(Path.Combine(_place.State, "supervisor.pid"), TestContext.Current.CancellationToken)).Trim(), CultureInfo.InvariantCulture);

        Kill(supervisor, 9).ShouldBe(0);

        await Machine.ShouldBeCleanAsync(_place.State);
        await UpAsync();
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri("http://localhost:8080/whoami"), TestContext.Current.CancellationToken)).ShouldContain("site-");
    }

    private async Task UpAsync()
    {
        var up = await _place.StackAsync("up", "--detach", "--no-build");
        up.ExitCode.ShouldBe(0, up.All);
    }

    private async Task<Process> ForegroundAsync(string file, string[] args)
    {
        var process = Commands.Start("setsid", [file, .. args], _place.Environment);
        List<string> lines = [];
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.Contains("Ctrl+C", StringComparison.Ordinal))
            {
                return process;
            }
        }

        throw new InvalidOperationException($"'{file}' ended early: {string.Join('\n', lines)}{await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
