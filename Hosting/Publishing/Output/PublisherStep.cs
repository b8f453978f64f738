using Aspire.Hosting;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Output;

/// <summary>The step of a publisher: plan, files, folder, and a summary of what was done.</summary>
internal static partial class PublisherStep
{
    public static PipelineStep Create(IPublisher publisher) => new()
    {
        Name = $"publish-{publisher.Name}",
        Description = $"writes the output for {publisher.Name}",
        Action = step => RunAsync(publisher, step),
    };

    private static async Task RunAsync(IPublisher publisher, PipelineStepContext step)
    {
        var options = step.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        if (string.IsNullOrWhiteSpace(options.OutputPath))
        {
            throw new PublishUsageException($"Where to write the output for {publisher.Name} was not said. Give --output-path DIR.");
        }

        var configuration = step.Services.GetRequiredService<IConfiguration>();
        CheckSupervisor(publisher, configuration["Publishing:Supervisor"]);
        var plan = await new PublishPlanMaker(step.ExecutionContext, configuration, publisher.Network).MakeAsync(step.Model, step.CancellationToken).ConfigureAwait(false);
        var output = publisher.Write(plan);
        var folder = Path.GetFullPath(options.OutputPath);
        var written = new OutputFolder(folder, publisher.Name, configuration.GetValue("Publishing:Force", false)).Write(output);
        Summarize(plan, written, output.Seed, folder, step.Logger);
    }

    /// <param name="publisher">The target.</param>
    /// <param name="supervisor">What <c>--supervisor</c> said; null: nothing.</param>
    /// <exception cref="PublishUsageException">There is no such supervisor there.</exception>
    public static void CheckSupervisor(IPublisher publisher, string? supervisor)
    {
        if (supervisor is null or "")
        {
            return;
        }

        string[] known = [PublishedSupervisors.Systemd, PublishedSupervisors.AppHost];
        if (publisher is not Systemd.SystemdPublisher)
        {
            throw new PublishUsageException($"'--supervisor' belongs to systemd, which can supervise by itself or have the AppHost do so; in the output for {publisher.Name} nothing else can. Leave it out.");
        }

        if (!known.Contains(supervisor, StringComparer.OrdinalIgnoreCase))
        {
            throw new PublishUsageException($"There is no supervisor '{supervisor}'. Give --supervisor {string.Join(" or ", known)}.");
        }
    }

    private static void Summarize(PublishPlan plan, WrittenOutput written, SeedFile? seed, string folder, ILogger logger)
    {
        foreach (var warning in plan.Warnings.Concat(written.Warnings))
        {
            LogWarning(logger, warning);
        }

        foreach (var program in plan.AppHost is null ? plan.Programs.Where(p => p.Replicas.Count > 1) : [])
        {
            LogReplicas(logger, program.Name, program.Replicas.Count, $"--replicas {program.Name}=N");
        }

        if (written.Written.Count + written.Removed.Count > 0)
        {
            LogFiles(logger, string.Join(", ", written.Written.Concat(written.Removed.Select(f => $"{f} (removed)"))));
        }

        LogWritten(logger, written.Written.Count, written.Unchanged, written.Removed.Count, folder);
        if (plan.AppHost is null && seed is not null && written.Seed is { Empty: { Count: > 0 } empty })
        {
            LogMissing(logger, string.Join(", ", empty), Path.Combine(folder, seed.Path));
        }
    }

    [LoggerMessage(5301, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(5302, LogLevel.Information, "'{Resource}' has {Replicas} replicas, as the model says on this machine; another number: {Switch}")]
    private static partial void LogReplicas(ILogger logger, string resource, int replicas, string @switch);

    [LoggerMessage(5303, LogLevel.Information, "Written: {Files}")]
    private static partial void LogFiles(ILogger logger, string files);

    [LoggerMessage(5304, LogLevel.Information, "{Written} files written, {Unchanged} unchanged, {Removed} removed: {Folder}")]
    private static partial void LogWritten(ILogger logger, int written, int unchanged, int removed, string folder);

    [LoggerMessage(5305, LogLevel.Warning, "Still without a value: {Keys}. Set them in {File} before the stack is started.")]
    private static partial void LogMissing(ILogger logger, string keys, string file);
}

/// <summary>The command line is wrong; the process ends with exit code 2.</summary>
internal sealed class PublishUsageException(string message) : DistributedApplicationException(message);
