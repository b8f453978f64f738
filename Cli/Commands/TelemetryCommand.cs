using System.CommandLine;
using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack telemetry backup &lt;folder&gt;</c>: a copy of what the dashboard has stored, taken while it goes on storing.</summary>
internal static class TelemetryCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "A new folder, or an empty one." };
        var backup = new Command("backup", "Copies what the dashboard has stored into a folder.") { folder };
        context.OnAppHost(backup, async (parsed, client, token) =>
        {
            var target = Path.GetFullPath(parsed.GetRequiredValue(folder), context.Host.WorkingDirectory);
            var access = await client.FindDashboardAsync(token) ?? throw new CliException(ExitCodes.Failed, "This AppHost runs no dashboard.");
            var (files, bytes) = await BackUpAsync(access, target, token);
            await context.Host.Out.WriteLineAsync($"{files} files, {bytes / 1024.0 / 1024:0.0} MB, in '{target}'.");
            return ExitCodes.Done;
        });
        return new Command("telemetry", "What the dashboard has stored.") { backup };
    }

    private static async Task<(int Files, long Bytes)> BackUpAsync(DashboardAccess access, string target, CancellationToken cancellationToken)
    {
        MakeFolder(target);
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(access.Url), "/api/telemetry/backup"));
            request.Headers.Add("X-API-Key", access.ApiKey);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new CliException(ExitCodes.Failed, $"The dashboard at '{access.Url}' answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            await using var tar = new TarReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            return await UnpackAsync(tar, target, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or SocketException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"The back-up was cut short, and what is in '{target}' is not complete: {e.Message}", e);
        }
    }

    private static void MakeFolder(string target)
    {
        try
        {
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            {
                throw new CliException(ExitCodes.Failed, $"The folder '{target}' is not empty. Name a new one.");
            }

            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(target);
            }
            else
            {
                Directory.CreateDirectory(target, OwnerOnly);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"The folder '{target}' can't be made: {e.Message}", e);
        }
    }

    private static async Task<(int Files, long Bytes)> UnpackAsync(TarReader tar, string target, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            // Plain names only: nothing of what comes over the network may choose another folder.
            if (entry.EntryType is not TarEntryType.RegularFile || entry.Name.Length == 0 || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') || entry.Name.StartsWith('.'))
            {
                throw new InvalidDataException($"The dashboard sent a file of the name '{entry.Name}'.");
            }

            await entry.ExtractToFileAsync(Path.Combine(target, entry.Name), overwrite: false, cancellationToken);
            files++;
            bytes += entry.Length;
        }

        return (files, bytes);
    }
}
