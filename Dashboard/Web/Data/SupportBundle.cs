using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Data;

/// <summary>What somebody who helps from afar needs: the last 15 minutes, settings, state, and Nginx's generated configuration. Of settings only those are told that can't be a secret.</summary>
internal sealed partial class SupportBundle(
    DashboardOptions options, TelemetryStore store, StoreStatus status, StackWatch watch, TelemetryExport export, TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(15);
    private const long MaxConfigBytes = 1 << 20;
    private const int MaxConfigFiles = 100;

    public async Task WriteAsync(ZipArchive zip, CancellationToken ct)
    {
        await AddAsync(zip, "settings.json", Json(WriteSettings), ct);
        await AddAsync(zip, "store.json", Json(WriteStore), ct);
        if (watch.Current.Status is { } stack)
        {
            await AddAsync(zip, "status.json", Masked(JsonSerializer.Serialize(stack, ControlJson.Default.StackStatus)), ct);
        }

        foreach (var (name, path) in NginxFiles())
        {
            await AddAsync(zip, "nginx/" + name, Masked(await File.ReadAllTextAsync(path, ct)), ct);
        }

        await export.WriteAsync(zip, new ExportFilter { From = time.GetUtcNow() - Span }, ct);
    }

    /// <summary>Takes the values of what is named like a secret out of a text.</summary>
    public static string Masked(string text) => Secret().Replace(text, match => match.Groups["name"].Value + "***");

    private static Task AddAsync(ZipArchive zip, string name, string text, CancellationToken ct) =>
        TelemetryExport.AddAsync(zip, name, Encoding.UTF8.GetBytes(text), ct);

    private void WriteSettings(Utf8JsonWriter json)
    {
        var storage = options.Storage;
        json.WriteString("version", typeof(SupportBundle).Assembly.GetName().Version?.ToString());
        json.WriteString("system", $"{Environment.OSVersion}, .NET {Environment.Version}, {Environment.ProcessorCount} processors");
        json.WriteString("frontend", Masked(string.Join(' ', options.Frontend.EndpointUrls)));
        json.WriteString("frontendAuthMode", options.Frontend.AuthMode.ToString());
        json.WriteBoolean("hasViewerToken", options.Frontend.ViewerToken is not null);
        json.WriteString("publicUrl", options.Frontend.PublicUrl is { } url ? Masked(url.GetLeftPart(UriPartial.Path)) : null);
        json.WriteString("otlpGrpc", options.Otlp.GrpcEndpointUrl.ToString());
        json.WriteString("otlpHttp", options.Otlp.HttpEndpointUrl.ToString());
        json.WriteString("otlpAuthMode", options.Otlp.AuthMode.ToString());
        json.WriteBoolean("apiEnabled", options.Api.Enabled);
        json.WriteString("apiAuthMode", options.Api.AuthMode.ToString());
        json.WriteString("limits", options.Limits.ToString());
        json.WriteBoolean("hasControlSocket", options.ControlSocket is not null);
        json.WriteString("directory", storage.Directory);
        json.WriteNumber("maxBytes", storage.MaxBytes);
        json.WriteString("maxAge", storage.MaxAge.ToString());
        json.WriteNumber("minFreeBytes", storage.MinFreeBytes);
        json.WriteNumber("segmentBytes", storage.SegmentBytes);
        json.WriteString("segmentAge", storage.SegmentAge.ToString());
        json.WriteString("rollupAge", storage.RollupAge.ToString());
        json.WriteBoolean("fullText", storage.FullText);
    }

    private void WriteStore(Utf8JsonWriter json)
    {
        json.WriteNumber("committed", status.Committed);
        json.WriteNumber("unstorable", status.Unstorable);
        json.WriteString("notStoringSince", status.NotStoringSince?.ToString("O"));
        json.WriteNumber("worstCommitMilliseconds", status.WorstCommit.TotalMilliseconds);
        json.WriteNumber("freeBytes", Volume.FreeBytes(options.Storage.Directory) ?? -1);
        json.WriteStartArray("segments");
        foreach (var segment in store.Catalogue.Segments)
        {
            json.WriteStartObject();
            json.WriteString("file", segment.File);
            json.WriteNumber("logs", segment.Logs);
            json.WriteNumber("spans", segment.Spans);
            json.WriteNumber("points", segment.Points);
            json.WriteNumber("bytes", segment.Bytes);
            json.WriteBoolean("sealed", segment.IsSealed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Beside the data folder, where the AppHost keeps what it generates; a dashboard alone knows of none.
    private IEnumerable<(string Name, string Path)> NginxFiles()
    {
        if (options.ControlSocket is null || Path.GetDirectoryName(options.Storage.Directory) is not { } state || !Directory.Exists(state))
        {
            return [];
        }

        var plain = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MaxRecursionDepth = 6 };
        return Directory.EnumerateDirectories(state).Where(folder => !folder.Equals(options.Storage.Directory, StringComparison.Ordinal))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.conf", plain))
            .Where(path => new FileInfo(path).Length <= MaxConfigBytes).Order(StringComparer.Ordinal).Take(MaxConfigFiles)
            .Select(path => (Path.GetRelativePath(state, path).Replace('\\', '/'), path));
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // In addresses (?t=…, user:password@), in headers that Nginx passes on, and in what is named so in any other way.
    [GeneratedRegex("""(?<name>[?&](t|token|key|sig|password|secret)=)[^&"'\s]+|(?<name>://)[^/"'\s@]+(?=@)|(?<name>\b[\w-]*(authorization|password|secret|token|api[-_]?key)[\w-]*"?\s*[:=\s]\s*)("[^"]*"|'[^']*'|[^\s;,}]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();
}
