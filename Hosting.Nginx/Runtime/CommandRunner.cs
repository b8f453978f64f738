using System.ComponentModel;
using System.Diagnostics;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Runs short commands as processes.</summary>
internal sealed class CommandRunner(TimeProvider time) : ICommandRunner
{
    /// <summary>What may still arrive after the end: a grandchild can hold the pipes open for ever.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public async Task<CommandResult> RunAsync(string command, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult();
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new CommandResult(null, "", exception.NativeErrorCode == 2 ? "not found" : exception.Message);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await exited.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return new CommandResult(null, "", $"no answer within {limit.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var code = process.ExitCode;
        return new CommandResult(code, await DrainAsync(output).ConfigureAwait(false), await DrainAsync(error).ConfigureAwait(false));
    }

    private async Task<string> DrainAsync(Task<string> reading)
    {
        try
        {
            return await reading.WaitAsync(DrainLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return "";
        }
    }
}
