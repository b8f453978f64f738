using System.ComponentModel;
using System.Diagnostics;

namespace Stack.Hosting.Supervision;

/// <summary>Runs a program to its end and hands on what it writes, line by line: for the few tools that a start needs. It dies with the wait for it.</summary>
internal sealed class ToolRunner : IToolRunner
{
    public async Task<int> RunAsync(ToolRequest request, Action<string> line, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(request.FileName, request.Arguments)
        {
            WorkingDirectory = request.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        using Process process = new() { StartInfo = start };
        var gate = new Lock();
        void Hand(string? text)
        {
            if (text is not null)
            {
                lock (gate)
                {
                    line(text);
                }
            }
        }

        process.OutputDataReceived += (_, e) => Hand(e.Data);
        process.ErrorDataReceived += (_, e) => Hand(e.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new LaunchException($"The program '{request.FileName}' can't be started: {e.Message}. Is it installed?", e.NativeErrorCode, isPermanent: true);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
