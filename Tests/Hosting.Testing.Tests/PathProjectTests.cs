using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests;

/// <summary>A project that is given by its path: the AppHost builds it before it starts it.</summary>
[Trait("kind", "process")]
public sealed class PathProjectTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task It_is_built_and_run_and_a_build_that_fails_says_why()
    {
        Write("Good/Good.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("Good/Program.cs", "System.Console.WriteLine($\"built and run with {args[0]}\"); return 3;");
        Write("Bad/Bad.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("Bad/Program.cs", "this is no program");
        await using var builder = DistributedApplicationTestingBuilder.Create($"--Stack:State={_temp.Path}/state");
        builder.AddProject("good", Path.Combine(_temp.Path, "Good")).WithArgs("an argument");
        builder.AddProject("bad", Path.Combine(_temp.Path, "Bad", "Bad.csproj"));
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        var good = await app.ResourceNotifications.WaitForResourceAsync("good", e => e.Snapshot.ExitCode is not null, Cancelled).Within(Limit);
        good.Snapshot.ExitCode.ShouldBe(3);
        (await File.ReadAllTextAsync(Path.Combine(_temp.Path, "state", "logs", "good.log"), Cancelled)).ShouldBe("built and run with an argument\n");
        var bad = await app.ResourceNotifications.WaitForResourceAsync("bad", e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, Cancelled).Within(Limit);
        bad.Snapshot.Properties.Single(p => p.Name == "stack.reason").Value!.ToString()!.ShouldStartWith($"Resource 'bad': the build of '{_temp.Path}/Bad/Bad.csproj' failed: ");
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_temp.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
