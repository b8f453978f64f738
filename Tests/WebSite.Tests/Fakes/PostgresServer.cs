using System.Diagnostics;
using System.Runtime.InteropServices;
using Npgsql;

namespace WebSite.Tests.Fakes;

/// <summary>A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached by a socket there, without any port. It ends with the tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const int Sigint = 2; // a fast shutdown: sessions are ended
    private const string Nobody = "65534";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Not below TMPDIR, which may be too long for a socket, or closed to the user that the server runs as.
    private readonly string _folder = Directory.CreateDirectory($"/tmp/stack-pg-{Guid.NewGuid():N}"[..24]).FullName;
    private Process? _server;
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", $"{Nobody}:{Nobody}", _folder);
        }

        var data = Path.Combine(_folder, "data");
        await RunAsync(AsUser(Tool("initdb"), "-D", data, "-U", "board", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"));
        _server = Process.Start(Start(AsUser(Tool("postgres"), "-D", data, "-c", "listen_addresses=", "-c", $"unix_socket_directories={_folder}", "-c", "fsync=off", "-c", "max_connections=300")))!;
        _ = _server.StandardOutput.ReadToEndAsync();
        var said = _server.StandardError.ReadToEndAsync();
        for (var start = TimeProvider.System.GetTimestamp(); !await AnswersAsync();)
        {
            if (_server.HasExited || TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new InvalidOperationException($"PostgreSQL does not answer: {(_server.HasExited ? await said : "it still runs")}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Makes a new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"board{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is { HasExited: false } server)
        {
            _ = kill(server.Id, Sigint);
            using var limit = new CancellationTokenSource(Limit);
            try
            {
                await server.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                server.Kill(entireProcessTree: true);
            }
        }

        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) => $"Host={_folder};Database={database};Username=board;Include Error Detail=true";

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync(ConnectionString("postgres"), "SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string[] AsUser(params string[] command) => Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command] : command;

    // Debian keeps each version's programs in a folder of their own, off the PATH.
    private static string Tool(string name)
        => Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() ?? throw Missing()
            : throw Missing();

    private static InvalidOperationException Missing() => new("PostgreSQL is needed and not installed. './stack test' installs it; by hand: apt-get install postgresql");

    private static ProcessStartInfo Start(string[] command) => new(command[0], command[1..])
    {
        WorkingDirectory = "/",
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Start(command))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, $"{string.Join(' ', command)}: {await output}{await errors}");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
