using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Testing;

/// <summary>Requests that are sent from within the network namespace of another process.</summary>
public static partial class NetworkNamespace
{
    private const int NetworkKind = 0x40000000;

    /// <summary>A handler whose connections are made there. Names are not looked up: addresses and localhost can be reached.</summary>
    /// <param name="pid">A process in that namespace.</param>
    public static SocketsHttpHandler Handler(int pid) => new()
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) => new NetworkStream(await ConnectAsync(pid, context.DnsEndPoint).WaitAsync(cancellationToken), ownsSocket: true),
    };

    /// <summary>A connection that is made there.</summary>
    /// <param name="pid">A process in that namespace.</param>
    /// <param name="to">An address, or localhost.</param>
    // A socket belongs to the namespace of the thread that makes it; the thread ends with it.
    public static Task<Socket> ConnectAsync(int pid, DnsEndPoint to)
    {
        TaskCompletionSource<Socket> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle($"/proc/{pid}/ns/net");
                if (SetNamespace((int)space.DangerousGetHandle(), NetworkKind) != 0)
                {
                    throw new IOException($"The network namespace of process {pid} can't be entered: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(to.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(to.Host), to.Port);
                connected.SetResult(socket);
            }
            catch (Exception e)
            {
                connected.SetException(e);
            }
        }) { IsBackground = true }.Start();
        return connected.Task;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(int handle, int kind);
}
