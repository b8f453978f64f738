using System.Diagnostics;
using System.Security.Cryptography;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>OpenTelemetry's exporters for JavaScript, installed from the lock file beside this test's program, once.</summary>
public sealed class NodeExporters : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "NodeExporters");

    public async ValueTask InitializeAsync()
    {
        // What is installed stays with the build; a stamp tells which lock file it came from.
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"))));
        var stamp = Path.Combine(Folder, "node_modules", "stamp");
        if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
        {
            var (code, _, errors) = await RunAsync("npm", TimeSpan.FromMinutes(5), "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            code.ShouldBe(0, errors);
            await File.WriteAllTextAsync(stamp, wanted);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the script wrote; see send.mjs.</summary>
    public static Task<(int Code, string Output, string Errors)> SendAsync(string protocol, Uri address, string key, string compression = "none") =>
        RunAsync("node", TimeSpan.FromSeconds(90), "send.mjs", protocol, address.ToString().TrimEnd('/'), key, compression);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, TimeSpan limit, params string[] arguments)
    {
        using var late = new CancellationTokenSource(limit);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' took longer than {limit.TotalSeconds} s.", e);
        }
    }
}
