using System.Net.Sockets;
using System.Text;

namespace Stack.Dashboard.Tests.Web.Security;

/// <summary>Paths that a client of good manners never sends, as they are written.</summary>
public sealed class PathTests
{
    [Fact]
    public async Task On_the_front_end_no_path_leads_around_the_sign_in()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        (string Path, int Status)[] paths =
        [
            ("/..%2fstructuredlogs", 404),
            ("/%2e%2e/%2e%2e/etc/passwd", 302),
            ("/css/..%2f..%2fappsettings.json", 404),
            ("/css/../../appsettings.json", 404),
            ("//structuredlogs", 302),
            ("/login/../structuredlogs", 302),
            ("/login/..%2fstructuredlogs", 404),
            ("/api/telemetry/../telemetry/logs", 401),
            ("/api/telemetry//logs", 401),
            ("/API/TELEMETRY/LOGS", 401),
            ("/Live?topics=logs", 302),
            ("/v1/logs", 404),
            ("/v1/../v1/logs", 404),
            ("/x/../opentelemetry.proto.collector.logs.v1.LogsService/Export", 404),
            ("/%00", 400),
        ];

        foreach (var (path, status) in paths)
        {
            (await StatusAsync(dashboard.Url, path)).ShouldBe(status, path);
        }
    }

    [Fact]
    public async Task On_the_listener_of_telemetry_there_is_nothing_else()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        string[] paths = ["/structuredlogs", "//v1/logs", "/v1/logs/", "/v1/%2e%2e/structuredlogs", "/v1/..%2flogin", "/api/telemetry/logs", "/css/stack.css", "/health"];

        foreach (var path in paths)
        {
            (await StatusAsync(dashboard.OtlpHttp, path)).ShouldBe(404, path);
        }
    }

    private static async Task<int> StatusAsync(Uri address, string path)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, late.Token);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n\r\n"), late.Token);
        using var answer = new StreamReader(stream);
        return int.Parse((await answer.ReadLineAsync(late.Token))!.Split(' ')[1]);
    }
}
