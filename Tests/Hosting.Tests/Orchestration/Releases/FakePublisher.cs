using Aspire.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.Orchestration.Releases;

namespace Hosting.Tests.Orchestration.Releases;

/// <summary>Publishes a program that consists of its name, or fails as the test says.</summary>
internal sealed class FakePublisher : IReleasePublisher
{
    /// <summary>What a publish does before its files are there; may throw.</summary>
    public Func<string, Task> Publishing { get; set; } = _ => Task.CompletedTask;

    /// <summary>Why the project's own build can't be run; null: it can.</summary>
    public string? NoBuild { get; set; }

    public int Published { get; private set; }

    public async Task PublishAsync(ResourcePlan plan, string folder, string buildFolder, CancellationToken cancellationToken)
    {
        await Publishing(folder).WaitAsync(cancellationToken);
        Published++;
        Write(folder, $"version {Published}");
    }

    public Task EnsureBuildAsync(ResourcePlan plan, CancellationToken cancellationToken)
        => NoBuild is null ? Task.CompletedTask : Task.FromException(new DistributedApplicationException(NoBuild));

    /// <summary>Makes a folder look like a published site.</summary>
    public static void Write(string folder, string content, string program = "Site")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{program}.dll"), content);
        File.WriteAllText(Path.Combine(folder, $"{program}.runtimeconfig.json"), """{"runtimeOptions":{"framework":{"name":"Microsoft.AspNetCore.App","version":"10.0.0"}}}""");
    }
}
