using System.Collections.Concurrent;
using System.Text;
using static Stack.Hosting.Supervision.PosixNative;

namespace Stack.Hosting.Supervision;

/// <summary>Starts children by posix_spawn: own session and group, clean signals, no inherited descriptor but 0 to 2, output straight to the log file.</summary>
internal sealed class PosixSpawnLauncher : IProcessLauncher
{
    private static readonly Lazy<PosixSpawnLauncher> Shared = new(() => new PosixSpawnLauncher());
    private readonly BlockingCollection<Action> _spawns = [];
    private readonly ExitWatcher _exits = new();

    private PosixSpawnLauncher()
    {
        // The parent-death signal follows the thread that spawned, not the process: a thread of the pool that retires would take healthy children along. This one never ends.
        var spawner = new Thread(() =>
        {
            foreach (var spawn in _spawns.GetConsumingEnumerable())
            {
                spawn();
            }
        })
        {
            IsBackground = true,
            Name = "stack spawner",
        };
        spawner.Start();
    }

    /// <summary>One for the whole process: its threads live as long as it does.</summary>
    public static PosixSpawnLauncher Instance => Shared.Value;

    public Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var completion = new TaskCompletionSource<IInstanceProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _spawns.Add(
            () =>
            {
                try
                {
                    completion.SetResult(Launch(request));
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            },
            cancellationToken);
        return completion.Task;
    }

    private PosixProcess Launch(LaunchRequest request)
    {
        var chain = LaunchChain.Build(request);
        var pid = Spawn(request, chain);
        var descriptor = OpenPidFd(pid);
        if (descriptor < 0)
        {
            var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            _ = Kill(-pid, SigKill);
            throw Failure(request, error, "could not be watched");
        }

        var process = new PosixProcess(pid, descriptor);
        _exits.Watch(process);
        return process;
    }

    private static unsafe int Spawn(LaunchRequest request, IReadOnlyList<string> chain)
    {
        var attributes = stackalloc byte[SpawnAttributesSize];
        var actions = stackalloc byte[SpawnActionsSize];
        var signals = stackalloc byte[SignalSetSize];
        using var arguments = new NativeStrings(chain);
        using var environment = new NativeStrings(request.Environment.Select(e => $"{e.Key}={e.Value}"));
        _ = AttributesInit(attributes);
        _ = ActionsInit(actions);
        try
        {
            _ = AttributesSetFlags(attributes, SpawnSetSession | SpawnSetSignalDefault | SpawnSetSignalMask);
            _ = FillSignals(signals);
            _ = AttributesSetDefault(attributes, signals);
            _ = EmptySignals(signals);
            _ = AttributesSetMask(attributes, signals);
            _ = ActionsAddOpen(actions, 0, "/dev/null", OpenReadOnly, 0);
            _ = ActionsAddOpen(actions, 1, request.LogFile, OpenAppend, 0b110_000_000);
            _ = ActionsAddDuplicate(actions, 1, 2);
            _ = ActionsAddChangeFolder(actions, request.WorkingDirectory);
            _ = ActionsAddCloseFrom(actions, 3);
            var error = PosixNative.Spawn(out var pid, chain[0], actions, attributes, arguments.Pointer, environment.Pointer);
            return error == 0 ? pid : throw Failure(request, error, "could not be started");
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    private static LaunchException Failure(LaunchRequest request, int error, string what)
    {
        var transient = error is Eagain or Enomem or Emfile or Enfile;
        var reason = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);
        return new LaunchException($"'{request.FileName}' {what}: {reason} (error {error}; log file '{request.LogFile}').", error, !transient);
    }

    /// <summary>A null-terminated array of C strings, freed on dispose.</summary>
    private sealed unsafe class NativeStrings : IDisposable
    {
        private readonly int _count;

        public NativeStrings(IEnumerable<string> texts)
        {
            var all = texts.ToList();
            _count = all.Count;
            Pointer = (byte**)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(all[i]);
                Pointer[i] = (byte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)(bytes.Length + 1));
                bytes.CopyTo(new Span<byte>(Pointer[i], bytes.Length));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                System.Runtime.InteropServices.NativeMemory.Free(Pointer[i]);
            }

            System.Runtime.InteropServices.NativeMemory.Free(Pointer);
        }
    }
}
