using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Stack.Hosting.Supervision;

/// <summary>Asks the .NET runtime of a process that has hung for a dump of itself, at the runtime's own diagnostics socket: that is answered by a thread of its own.</summary>
internal sealed class HangDumps(string folder, TimeProvider time)
{
    private const int Kept = 3;
    private const int HeaderLength = 20;
    private const int ResponseLength = HeaderLength + sizeof(int);
    private const byte DumpCommands = 1;
    private const byte GenerateCoreDump = 1;
    private const byte ServerCommands = 0xFF;
    private const int WithHeap = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Says in words what came of it; throws only when it is cancelled. At most <c>Kept</c> dumps of a replica stay.</summary>
    public async Task<string> WriteAsync(string instance, int pid, int generation, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || FindSocket(pid) is not { } socket)
        {
            return "no dump: the process has no diagnostics socket of a .NET runtime";
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            MakeRoom(instance);
            var file = Path.Combine(folder, $"{instance}-{generation}-{time.GetUtcNow():yyyyMMdd'T'HHmmss}.dmp");
            var result = await AskAsync(socket, file, either.Token).ConfigureAwait(false);
            return result == 0 ? $"dump in {file}" : $"no dump: the runtime refused it (0x{result:X8})";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no dump: not written within {Limit.TotalSeconds:0} s";
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            return $"no dump: {e.Message}";
        }
    }

    // Dumps are as large as the process was.
    private void MakeRoom(string instance)
    {
        foreach (var old in new DirectoryInfo(folder).EnumerateFiles($"{instance}-*.dmp").OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept - 1).ToList())
        {
            old.Delete();
        }
    }

    // The runtime puts it into its own temporary folder. The leader may be a shell: then one of its group has it.
    private static string? FindSocket(int group)
        => ProcessTable.LiveGroup(group).OrderBy(p => p.Pid != group).Select(p => p.Pid).SelectMany(pid =>
        {
            var temporary = ProcessTable.Environment(pid).FirstOrDefault(v => v.StartsWith("TMPDIR=", StringComparison.Ordinal))?["TMPDIR=".Length..] is { Length: > 0 } own ? own : "/tmp";
            return Directory.Exists(temporary) ? Directory.EnumerateFiles(temporary, $"dotnet-diagnostic-{pid}-*-socket") : [];
        }).FirstOrDefault();

    private static async Task<int> AskAsync(string path, string file, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Request(file), cancellationToken).ConfigureAwait(false);
        var response = new byte[ResponseLength];
        await stream.ReadExactlyAsync(response, cancellationToken).ConfigureAwait(false);
        var result = BinaryPrimitives.ReadInt32LittleEndian(response.AsSpan(HeaderLength));
        return response[16] == ServerCommands && response[17] == 0 ? 0 : result != 0 ? result : -1;
    }

    // "DOTNET_IPC_V1\0", length, command set, command, 2 bytes reserved; then the path (count of UTF-16 units with its zero, units), the kind of dump, flags.
    private static byte[] Request(string file)
    {
        var name = Encoding.Unicode.GetBytes($"{file}\0");
        var request = new byte[HeaderLength + (3 * sizeof(int)) + name.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = DumpCommands;
        request[17] = GenerateCoreDump;
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(HeaderLength), name.Length / sizeof(char));
        name.CopyTo(request.AsSpan(HeaderLength + sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(HeaderLength + sizeof(int) + name.Length), WithHeap);
        return request;
    }
}
