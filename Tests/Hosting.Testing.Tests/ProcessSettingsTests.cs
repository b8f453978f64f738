using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Building;
using Testing;

namespace Hosting.Testing.Tests;

/// <summary>The settings of processes, from the AppHost to the process.</summary>
[Trait("kind", "process")]
public sealed class ProcessSettingsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public static TheoryData<string, string> Ways => new() { { "posix", "Development" }, { "posix", "Production" }, { "process", "Development" }, { "process", "Production" } };

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Process_runs_as_declared(string launcher, string environment)
    {
        var isRoot = Environment.UserName == "root";
        var user = isRoot ? "nobody" : Environment.UserName;
        File.SetUnixFileMode(_temp.Path, (UnixFileMode)0b111_101_101);
        var folder = Directory.CreateDirectory(_temp.File("work")).FullName;
        await using var app = await StartAsync(launcher, environment, builder => builder
            .AddExecutable("tool", "/bin/sh", "/", "-c", "id -un; pwd; umask; ulimit -Sn; cat /proc/self/oom_score_adj; echo $COLOUR $STACK_INDEX; test -w \"$STACK_KEYS\" && ls \"$STACK_KEYS\" | wc -l")
            .WithReplicaEnvironment(replica => replica.EnvironmentVariables["COLOUR"] = "red")
            .WithSupervision(s =>
            {
                s.User = user;
                s.Directory = folder;
                s.Umask = "027";
                s.Limits["nofile"] = 321;
                s.OutOfMemoryScore = 400;
            })
            .WithRestartPolicy(Stack.Hosting.ApplicationModel.RestartMode.Never));

        await app.Services.GetRequiredService<ResourceNotificationService>().WaitForResourceAsync("tool", KnownResourceStates.TerminalStates, TestContext.Current.CancellationToken).Within();

        File.ReadAllLines(Path.Combine(_temp.Path, "state", "logs", "tool.log")).ShouldBe([user, folder, "0027", "321", "400", "red 0", "1"]);
    }

    [Fact]
    public async Task Replica_that_can_not_run_as_declared_says_why()
    {
        await using var app = await StartAsync("auto", "Development", builder => builder.AddExecutable("tool", "/bin/true", "/").WithSupervision(s => s.User = "no-such-user"));

        var tool = await app.Services.GetRequiredService<ResourceNotificationService>().WaitForResourceAsync("tool", e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), TestContext.Current.CancellationToken).Within();

        tool.Snapshot.State!.Text.ShouldBe(KnownResourceStates.FailedToStart);
    }

    [Fact]
    public async Task Unknown_launcher_keeps_the_stack_from_starting()
        => (await Should.ThrowAsync<DistributedApplicationException>(() => StartAsync("fork", "Development", builder => builder.AddExecutable("tool", "/bin/true", "/"))))
            .Message.ShouldBe("Stack:Launcher is 'fork'. It can be 'auto', 'posix' or 'process'.");

    private async Task<DistributedApplication> StartAsync(string launcher, string environment, Action<IDistributedApplicationBuilder> declare)
    {
        var builder = DistributedApplicationTestingBuilder.Create([$"--Stack:State={_temp.File("state")}", $"--Stack:Launcher={launcher}", $"--environment={environment}"]);
        declare(builder);
        var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken).Within();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
