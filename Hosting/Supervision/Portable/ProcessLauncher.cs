using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Posix;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Portable;

/// <summary>
/// Starts children by System.Diagnostics.Process, for systems that have no posix_spawn of the kind that is needed. Weaker: no session and no group of their own, signals that .NET ignores stay ignored,
/// and in development the end of standard input takes the place of the kernel's signal at our death.
/// </summary>
internal sealed class ProcessLauncher(ILogger logger) : IProcessLauncher
{
    private const string Lifeline = "STACK_LIFELINE";

    /// <summary>True where there is no shell that could send the output to the file: it is copied there.</summary>
    public bool CopiesOutput { get; init; } = OperatingSystem.IsWindows();

    public AdoptionResult TryAdopt(InstanceRecord record, string stateFolder) => AdoptionResult.None("what was started in the portable way leads no group, so it can't be taken over");

    public Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var hasLifeline = request.ParentDeathSignal is not null;
        var start = CopiesOutput ? Plain(request) : Shell(request, hasLifeline);
        start.WorkingDirectory = request.WorkingDirectory;
        start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        if (hasLifeline)
        {
            start.RedirectStandardInput = true;
            start.Environment[Lifeline] = "stdin";
        }

        var output = CopiesOutput ? ChildOutput.OpenLog(request.LogFile) : null;
        if (output is null)
        {
            ChildOutput.OpenLog(request.LogFile).Dispose();
        }

        var child = new PortableProcess(new Process { StartInfo = start, EnableRaisingEvents = true }, Strays.Of(request), logger);
        try
        {
            child.Start(output, keepsInput: hasLifeline);
            return Task.FromResult<IInstanceProcess>(child);
        }
        catch (Win32Exception e)
        {
            output?.Dispose();
            child.Dispose();
            throw new LaunchException($"'{request.FileName}': could not start it: {e.Message}.", e.NativeErrorCode, !PosixSpawnLauncher.IsTransient(e.NativeErrorCode));
        }
    }

    // exec: the shell becomes the program, so that the process id is the child's.
    private static ProcessStartInfo Shell(LaunchRequest request, bool hasLifeline)
    {
        var mask = request.Settings.Umask is { } bits ? $"umask {Convert.ToString(bits, 8)}; " : "";
        List<string> arguments = ["-c", $"{mask}exec \"$@\"{(hasLifeline ? "" : " </dev/null")} >>\"$0\" 2>&1", Path.GetFullPath(request.LogFile)];
        arguments.AddRange(ShellVariables.Restore(request.Environment));
        arguments.AddRange(LaunchChain.Build(LaunchChecks.Check(request), tie: null));
        return new ProcessStartInfo("/bin/sh", arguments) { UseShellExecute = false };
    }

    private static ProcessStartInfo Plain(LaunchRequest request) => new(request.FileName, request.Arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
