using System.Diagnostics;
using System.Runtime.CompilerServices;
using Testing;

namespace AppHost.Tests;

/// <summary>Runs built AppHosts as azd does: as programs of their own.</summary>
internal static class AppHostProgram
{
    private static readonly string[] Unset = ["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_URLS"];

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string TestFolder { get; } = Here();

    /// <param name="project">Folder of its project, from the repository.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string project, params string[] args)
    {
        // This test's own folder ends in the configuration and the framework that everything is built for.
        var built = Path.GetRelativePath(TestFolder, AppContext.BaseDirectory);
        var assembly = Path.Combine(Repository, project, built, $"{Path.GetFileName(project)}.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, .. args])
        {
            WorkingDirectory = Path.Combine(Repository, project),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in Unset)
        {
            start.Environment.Remove(variable);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).Within(TimeSpan.FromMinutes(1));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
