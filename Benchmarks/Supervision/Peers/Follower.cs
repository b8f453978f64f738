using System.Diagnostics;

namespace Supervision.Peers;

/// <summary>A command that prints a log as it grows, and a thread that reads what it prints.</summary>
internal sealed class Follower : IDisposable
{
    private readonly Process _process;
    private readonly Thread _reader;

    public Follower(Action<int> read, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _reader = new Thread(() => Read(_process.StandardOutput.BaseStream, read));
        _reader.Start();
    }

    public static void Read(Stream stream, Action<int> read)
    {
        var block = new byte[64 * 1024];
        try
        {
            for (var length = stream.Read(block); length > 0; length = stream.Read(block))
            {
                read(length);
            }
        }
        catch (IOException)
        {
            // The other side has ended, or this one has been told to.
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _reader.Join();
        _process.Dispose();
    }
}
