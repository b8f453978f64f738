using System.Collections.Concurrent;
using static Stack.Hosting.Supervision.PosixNative;

namespace Stack.Hosting.Supervision;

/// <summary>One thread that waits for the end of all children by their pidfds. It never waits for "any child": that would take exit codes away from other code of the process.</summary>
internal sealed unsafe class ExitWatcher
{
    private readonly ConcurrentDictionary<int, PosixProcess> _watched = new();
    private readonly int _wake = EventDescriptor(0, 0x80000); // EFD_CLOEXEC

    public ExitWatcher()
    {
        var thread = new Thread(Loop) { IsBackground = true, Name = "stack exits" };
        thread.Start();
    }

    public void Watch(PosixProcess process)
    {
        _watched[process.PidFd] = process;
        var one = 1L;
        _ = Write(_wake, &one, sizeof(long));
    }

    private void Loop()
    {
        while (true)
        {
            var descriptors = new PollDescriptor[_watched.Count + 1];
            descriptors[0] = new PollDescriptor { Descriptor = _wake, Events = PollIn };
            var count = 1;
            foreach (var descriptor in _watched.Keys.Take(descriptors.Length - 1))
            {
                descriptors[count++] = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
            }

            fixed (PollDescriptor* first = descriptors)
            {
                if (Poll(first, (nuint)count, -1) < 0)
                {
                    continue;
                }
            }

            if (descriptors[0].Returned != 0)
            {
                long ignored;
                _ = Read(_wake, &ignored, sizeof(long));
            }

            for (var i = 1; i < count; i++)
            {
                if (descriptors[i].Returned != 0 && _watched.TryRemove(descriptors[i].Descriptor, out var process))
                {
                    process.Reap();
                }
            }
        }
    }
}
