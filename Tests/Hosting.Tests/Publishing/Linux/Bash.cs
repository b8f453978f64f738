using System.Diagnostics;

namespace Hosting.Tests.Publishing.Linux;

/// <summary>Runs a line of shell.</summary>
internal static class Bash
{
    public static async Task<(int ExitCode, string All)> RunAsync(string line, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"{{ {line}\n}} 2>&1"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{line}' did not end within a minute.", e);
        }
    }
}
