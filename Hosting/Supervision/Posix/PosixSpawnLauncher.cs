using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>
/// Starts children by posix_spawn: own session and group, all signals at their defaults, no inherited descriptor, output straight to the log file.
/// </summary>
internal sealed partial class PosixSpawnLauncher(ILogger logger) : IProcessLauncher
{
    private const int LogFileMode = 0b110_100_000; // rw-r-----
    private const int SignalSetSize = 128;
    private const int AttributesSize = 512; // posix_spawnattr_t: 336 bytes in glibc
    private const int FileActionsSize = 256; // posix_spawn_file_actions_t: 80 bytes in glibc
    private const int FirstLeakedDescriptor = 3;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Libc.HasCloseFrom;

    public async Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var spawner = await SpawnerThread.Id.ConfigureAwait(false);
        var chain = LaunchChain.Build(LaunchChecks.Check(request), request.ParentDeathSignal is { } signal ? (signal, Environment.ProcessId, spawner) : null);
        return await SpawnerThread.RunAsync(() =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Launch(chain, request);
        }).ConfigureAwait(false);
    }

    public AdoptionResult TryAdopt(InstanceRecord record, string stateFolder) => Adopter.TryAdopt(record, stateFolder, logger);

    private PosixProcess Launch(IReadOnlyList<string> chain, LaunchRequest request)
    {
        var log = OpenLog(Path.GetFullPath(request.LogFile));
        try
        {
            var pid = request.Settings.Umask is { } mask ? SpawnerThread.WithMask(mask, () => Spawn(chain, request, log)) : Spawn(chain, request, log);
            return Watch(pid, request);
        }
        finally
        {
            _ = Libc.Close(log);
        }
    }

    private PosixProcess Watch(int pid, LaunchRequest request)
    {
        // Free of a race: nobody but us reaps the child, so its id can't have gone to another process.
        var descriptor = Libc.PidFdOpen(pid);
        var error = Marshal.GetLastPInvokeError();
        try
        {
            if (descriptor < 0 && error == Libc.NoProcess)
            {
                // As process 1 only: .NET waits for every child there.
                var ended = new PosixProcess(pid, descriptor, Strays.Of(request), logger);
                ended.EndUnseen();
                return ended;
            }

            if (descriptor < 0)
            {
                throw Failed("watch", chainProgram: request.FileName, error);
            }

            var process = new PosixProcess(pid, descriptor, Strays.Of(request), logger);
            process.Watch();
            return process;
        }
        catch (LaunchException)
        {
            // A child that nobody watches must not stay.
            _ = Libc.Kill(-pid, SignalNames.Kill);
            _ = Reaping.Wait(Libc.WaitByPid, pid, Libc.WaitExited);
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
            }

            throw;
        }
    }

    private static int OpenLog(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"The log file's folder can't be made: {e.Message}", Libc.NoAccess, isPermanent: true);
        }

        var descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend | Libc.OpenNoTerminal | Libc.OpenCloseOnExec, LogFileMode);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new LaunchException($"The log file '{path}' can't be opened: {Marshal.GetPInvokeErrorMessage(error)}.", error, !IsTransient(error));
        }

        return descriptor;
    }

    private static unsafe int Spawn(IReadOnlyList<string> chain, LaunchRequest request, int log)
    {
        using var arguments = new NativeStrings(chain);
        using var environment = new NativeStrings(request.Environment.Select(v => $"{v.Key}={v.Value}"));
        var all = stackalloc byte[SignalSetSize];
        var none = stackalloc byte[SignalSetSize];
        new Span<byte>(all, SignalSetSize).Fill(byte.MaxValue);
        new Span<byte>(none, SignalSetSize).Clear();
        var attributes = stackalloc byte[AttributesSize];
        var actions = stackalloc byte[FileActionsSize];
        _ = Libc.SpawnAttributesInit(attributes);
        _ = Libc.FileActionsInit(actions);
        try
        {
            // A session of its own gives a group of its own too; asking for both fails. .NET ignores SIGPIPE, which children would inherit.
            Check(Libc.SpawnAttributesSetFlags(attributes, Libc.SpawnSetSession | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask));
            Check(Libc.SpawnAttributesSetSignalDefaults(attributes, all));
            Check(Libc.SpawnAttributesSetSignalMask(attributes, none));
            Check(Libc.FileActionsAddOpen(actions, 0, "/dev/null", 0, 0));
            Check(Libc.FileActionsAddDuplicate(actions, log, 1));
            Check(Libc.FileActionsAddDuplicate(actions, log, 2));
            Check(Libc.FileActionsAddChangeDirectory(actions, Path.GetFullPath(request.WorkingDirectory)));
            Check(Libc.FileActionsAddCloseFrom(actions, FirstLeakedDescriptor));
            var error = Libc.Spawn(out var pid, chain[0], actions, attributes, arguments.Pointer, environment.Pointer);
            return error == 0 ? pid : throw Failed("start", chain[0], error);
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw Failed("prepare", "a launch", error);
        }
    }

    private static LaunchException Failed(string what, string chainProgram, int error)
    {
        var hint = error switch
        {
            Libc.NoExecFormat => " It is neither a program for this machine nor a script with a '#!' line.",
            Libc.NoEntry => " The interpreter that it names is missing.",
            Libc.TooManyFiles or Libc.TooManyFilesInSystem => " Raise the limit of open files.",
            Libc.TryAgain => " The limit of processes is reached.",
            _ => "",
        };
        return new LaunchException($"'{chainProgram}': could not {what} it: {Marshal.GetPInvokeErrorMessage(error)}.{hint}", error, !IsTransient(error));
    }

    /// <summary>True for what another attempt may get over.</summary>
    public static bool IsTransient(int error) => error is Libc.TryAgain or Libc.TooManyFiles or Libc.TooManyFilesInSystem or Libc.NoMemory;
}
