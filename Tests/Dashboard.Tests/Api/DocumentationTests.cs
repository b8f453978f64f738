using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Stack.Dashboard.Tests.Api;

/// <summary>The commands of docs/telemetry-api.md, as they stand there.</summary>
[Trait("kind", "process")]
public sealed class DocumentationTests
{
    [Fact]
    public async Task Every_curl_of_the_page_is_answered_with_json()
    {
        await using var dashboard = await FilledDashboard.StartAsync();
        await dashboard.AddAsync(Samples.Span("GET /", status: 2));
        var commands = (await File.ReadAllLinesAsync(Path.Combine(Here(), "..", "..", "..", "docs", "telemetry-api.md"))).Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBeGreaterThan(5);

        foreach (var command in commands)
        {
            // Those that follow have no end: their first line is enough, and curl says that its time was up.
            var follows = command.Contains("follow=true", StringComparison.Ordinal);
            var output = await RunAsync($"{command} --max-time {(follows ? "4 2>/dev/null" : "20")} | head -n 1", dashboard);

            using var json = JsonDocument.Parse(output.Length > 0 ? output : throw new InvalidOperationException($"'{command}' answered nothing."));
            json.RootElement.ValueKind.ShouldBeOneOf(JsonValueKind.Object, JsonValueKind.Array);
        }
    }

    private static async Task<string> RunAsync(string command, RunningDashboard dashboard)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command])
        {
            Environment = { ["DASHBOARD"] = dashboard.Client.BaseAddress!.ToString().TrimEnd('/'), ["KEY"] = RunningDashboard.ApiKey },
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = await shell.StandardOutput.ReadToEndAsync(late.Token);
        await shell.WaitForExitAsync(late.Token);
        return output;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
