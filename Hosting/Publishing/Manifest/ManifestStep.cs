using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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

    /// <summary>The text of the manifest, and what there is to say about it.</summary>
    public static async Task<(byte[] Text, IReadOnlyList<string> Warnings)> RenderAsync(
        DistributedApplicationExecutionContext execution, DistributedApplicationModel model, string file, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var writer = new Utf8JsonWriter(text, Json);
        await using (writer.ConfigureAwait(false))
        {
            var context = new ManifestPublishingContext(execution, file, writer, cancellationToken);
            await ManifestWriter.WriteAsync(context, model).ConfigureAwait(false);
            text.WriteByte((byte)'\n');
            return (text.ToArray(), context.Warnings);
        }
    }

    private static async Task RunAsync(PipelineStepContext step)
    {
        var options = step.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        if (string.IsNullOrWhiteSpace(options.OutputPath))
        {
            throw new DistributedApplicationException("Where to write the manifest was not said. Give --output-path <file>.json or --output-path <folder>.");
        }

        var file = FileFor(options.OutputPath);
        var (text, warnings) = await RenderAsync(step.ExecutionContext, step.Model, file, step.CancellationToken).ConfigureAwait(false);
        foreach (var warning in warnings)
        {
            LogWarning(step.Logger, warning);
        }

        // Whoever reads the file meanwhile gets the old one or the new one.
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        await File.WriteAllBytesAsync(temporary, text, step.CancellationToken).ConfigureAwait(false);
        File.Move(temporary, file, overwrite: true);
        LogWritten(step.Logger, file);
    }

    [LoggerMessage(5201, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(5202, LogLevel.Information, "The manifest is written: {File}")]
    private static partial void LogWritten(ILogger logger, string file);
}
