using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>The step that writes the manifest, which is what azd calls.</summary>
internal static partial class ManifestStep
{
    public const string Name = "publish-manifest";

    private const string FileName = "aspire-manifest.json";

    // What the file is for is no web page: + and ' stay readable.
    private static readonly JsonWriterOptions Json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static PipelineStep Create() => new()
    {
        Name = Name,
        Description = "writes the manifest that azd and other tools read",
        Action = RunAsync,
    };

    /// <summary>The file that an output path stands for.</summary>
    public static string FileFor(string outputPath)
        => outputPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Path.GetFullPath(outputPath) : Path.GetFullPath(Path.Combine(outputPath, FileName));

    /// <summary>The manifest, what goes beside it, and what there is to say about them.</summary>
    /// <exception cref="DistributedApplicationException">The model can't be written; all faults are reported at once.</exception>
    public static async Task<RenderedManifest> RenderAsync(
        DistributedApplicationExecutionContext execution, DistributedApplicationModel model, IConfiguration configuration, string file, CancellationToken cancellationToken)
    {
        PublishPlanMaker.SetReplicas([.. model.Resources.Where(r => !r.IsExcludedFromPublish())], configuration);
        using var text = new MemoryStream();
        var writer = new Utf8JsonWriter(text, Json);
        await using (writer.ConfigureAwait(false))
        {
            var context = new ManifestPublishingContext(execution, file, writer, cancellationToken);
            await ManifestWriter.WriteAsync(context, model).ConfigureAwait(false);
            text.WriteByte((byte)'\n');
            ManifestChecks.Check(text.ToArray(), context, model, configuration);
            return new RenderedManifest(text.ToArray(), ManifestSidecar.Render(model, file, configuration), context.Warnings);
        }
    }

    private static async Task RunAsync(PipelineStepContext step)
    {
        var options = step.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        if (string.IsNullOrWhiteSpace(options.OutputPath))
        {
            throw new PublishUsageException("Where to write the manifest was not said. Give --output-path <file>.json or --output-path <folder>.");
        }

        var file = FileFor(options.OutputPath);
        var rendered = await RenderAsync(step.ExecutionContext, step.Model, step.Services.GetRequiredService<IConfiguration>(), file, step.CancellationToken).ConfigureAwait(false);
        foreach (var warning in rendered.Warnings)
        {
            LogWarning(step.Logger, warning);
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await WriteAsync(ManifestSidecar.FileFor(file), rendered.Sidecar, step.CancellationToken).ConfigureAwait(false);
            await WriteAsync(file, rendered.Text, step.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The manifest can't be written to '{file}': {e.Message}", e);
        }

        LogWritten(step.Logger, file, rendered.Sidecar is null ? "" : $", and what its format can't say: {ManifestSidecar.FileFor(file)}");
    }

    // Whoever reads the file meanwhile gets the old one or the new one.
    private static async Task WriteAsync(string file, byte[]? text, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            File.Delete(file);
            return;
        }

        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        await File.WriteAllBytesAsync(temporary, text, cancellationToken).ConfigureAwait(false);
        File.Move(temporary, file, overwrite: true);
    }

    [LoggerMessage(5201, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(5202, LogLevel.Information, "The manifest is written: {File}{Beside}")]
    private static partial void LogWritten(ILogger logger, string file, string beside);
}

/// <summary>A manifest that is not on disk yet.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Sidecar">The text of the file beside it; null: there is none.</param>
/// <param name="Warnings">What is weaker than in a run, in full sentences.</param>
internal sealed record RenderedManifest(byte[] Text, byte[]? Sidecar, IReadOnlyList<string> Warnings);
