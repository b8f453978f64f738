using System.ComponentModel;
using System.Diagnostics;

namespace Stack.Hosting.Supervision.Commands;

/// <summary>Runs short commands as processes.</summary>
internal sealed class CommandRunner(TimeProvider time) : ICommandRunner
{
    /// <summary>What may still arrive after the end: a grandchild can hold the pipes open for ever.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        using Process process = new() { StartInfo = StartInfo(request), EnableRaisingEvents = true };
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

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var input = WriteAsync(process.StandardInput, request.Input);
        try
        {
            await exited.Task.WaitAsync(request.Limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return new CommandResult(null, "", $"no answer within {request.Limit.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            await input.ConfigureAwait(false);
        }

        var code = process.ExitCode;
        return new CommandResult(code, await DrainAsync(output).ConfigureAwait(false), await DrainAsync(error).ConfigureAwait(false));
    }

    private static ProcessStartInfo StartInfo(CommandRequest request)
    {
        ProcessStartInfo start = new(request.Command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in request.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task WriteAsync(StreamWriter stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await stream.BaseStream.WriteAsync(input, CancellationToken.None).ConfigureAwait(false);
            stream.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; what it said tells why.
        }
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
