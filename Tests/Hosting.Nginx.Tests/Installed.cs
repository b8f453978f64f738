using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>The nginx of this machine. Where there is none, what needs it fails.</summary>
internal static class Installed
{
    public static string Executable => ExecutableSearch.Candidates(Environment.GetEnvironmentVariable("PATH"), ExecutableSearch.IsExecutable).FirstOrDefault()
        ?? throw new InvalidOperationException("These tests need nginx. Install it: apt install nginx");

    public static async Task<NginxVersion> VersionAsync()
    {
        var result = await new CommandRunner(TimeProvider.System).RunAsync(Executable, ["-v"], TimeSpan.FromSeconds(10), CancellationToken.None);
        return NginxVersion.Parse(result.Error) ?? throw new InvalidOperationException($"'{Executable}' does not tell its version: {result.Said}");
    }
}
