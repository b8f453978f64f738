using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EndToEnd;

/// <summary>Log records by the thousand, sent as any OTLP sender would, with the key that a replica has.</summary>
internal sealed class LogFlood : IAsyncDisposable
{
    private const int BatchesPerSecond = 8;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task<int> _sending;

    private LogFlood(Uri address, string key, int recordsPerSecond) => _sending = SendAsync(address, key, recordsPerSecond / BatchesPerSecond);

    public static async Task<LogFlood> StartAsync(RunningStack stack, int recordsPerSecond)
    {
        var pid = (await stack.ReplicasAsync())[0].GetProperty("pid").GetInt32();
        var headers = Encoding.UTF8.GetString(await File.ReadAllBytesAsync($"/proc/{pid}/environ", TestContext.Current.CancellationToken)).Split('\0')
            .Single(v => v.StartsWith("OTEL_EXPORTER_OTLP_HEADERS=", StringComparison.Ordinal)).Split('=', 2)[1];
        return new LogFlood(new Uri("http://127.0.0.1:18890/v1/logs"), headers.Split('=', 2)[1], recordsPerSecond);
    }

    /// <summary>Ends it; returns how many records the dashboard has taken.</summary>
    public async Task<int> StopAsync()
    {
        await _ended.CancelAsync();
        return await _sending;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ended.Dispose();
    }

    private async Task<int> SendAsync(Uri address, string key, int batch)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("x-otlp-api-key", key);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / BatchesPerSecond));
        var taken = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                using var content = new StringContent(Batch(taken, batch), Encoding.UTF8);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await client.PostAsync(address, content, _ended.Token);
                answer.EnsureSuccessStatusCode();
                taken += batch;
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }

        return taken;
    }

    private static string Batch(int first, int count)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var records = Enumerable.Range(first, count).Select(i => new
        {
            timeUnixNano = now.ToString(CultureInfo.InvariantCulture),
            severityNumber = 9,
            body = new { stringValue = $"flood {i} over the banks of the river" },
            attributes = new[] { new { key = "Number", value = new { intValue = i } } },
        });
        var sender = new[] { Attribute("service.name", "flood"), Attribute("service.instance.id", "flood-1") };
        return JsonSerializer.Serialize(new { resourceLogs = new[] { new { resource = new { attributes = sender }, scopeLogs = new[] { new { scope = new { name = "Flood" }, logRecords = records } } } } });
    }

    private static object Attribute(string key, string value) => new { key, value = new { stringValue = value } };
}
