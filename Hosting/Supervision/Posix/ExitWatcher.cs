using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>The one thread that waits for the ends of all children, each by its own descriptor: a wait for any child would take the exit codes of others in this process.</summary>
internal sealed class ExitWatcher
{
    private const int MaxEvents = 64;

    // struct epoll_event is packed on x64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);
    private readonly ConcurrentDictionary<int, Action> _ended = new();
    private readonly int _epoll;

    private ExitWatcher()
    {
        _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_epoll < 0)
        {
            throw new LaunchException($"Children can't be watched: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError(), isPermanent: false);
        }

        new Thread(Loop) { IsBackground = true, Name = "stack-exits" }.Start();
    }

    public static ExitWatcher Shared => LazyInitializer.EnsureInitialized(ref _shared, () => new ExitWatcher());

    private static ExitWatcher? _shared;

    /// <summary>Calls back once, on the watcher's thread, when the process has ended. The descriptor stays the caller's.</summary>
    public unsafe void Watch(int pidDescriptor, Action ended)
    {
        _ended[pidDescriptor] = ended;
        var change = stackalloc byte[EventSize];
        *(uint*)change = Libc.EpollIn;
        *(long*)(change + DataOffset) = pidDescriptor;
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, pidDescriptor, change) < 0)
        {
            _ended.TryRemove(pidDescriptor, out _);
            throw new LaunchException($"A child can't be watched: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError(), isPermanent: false);
        }
    }

    private unsafe void Loop()
    {
        var events = stackalloc byte[MaxEvents * EventSize];
        var ignored = stackalloc byte[EventSize];
        while (true)
        {
            var count = Libc.EpollWait(_epoll, events, MaxEvents, -1);
            for (var i = 0; i < count; i++)
            {
                var descriptor = (int)*(long*)(events + (i * EventSize) + DataOffset);
                _ = Libc.EpollControl(_epoll, Libc.EpollDelete, descriptor, ignored);
                if (_ended.TryRemove(descriptor, out var ended))
                {
                    ended();
                }
            }
        }
    }
}
