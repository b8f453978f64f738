using System.Diagnostics;

namespace EndToEnd;

/// <summary>Runs commands as a user would type them, and keeps what they print.</summary>
internal static class Commands
{
    public static Task<CommandResult> StackAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
        => RunAsync("/bin/bash", [Path.Combine(Repository.Root, "stack"), .. args], environment, TimeSpan.FromMinutes(5));

    public static async Task<CommandResult> RunAsync(string file, IEnumerable<string> args, IReadOnlyDictionary<string, string> environment, TimeSpan limit)
    {
        using var process = Start(file, args, environment);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{file} {string.Join(' ', args)}' did not end within {limit}. It printed: {await output}{await errors}", e);
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    public static Process Start(string file, IEnumerable<string> args, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, args)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"'{file}' could not be started.");
    }
}

internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;
}
