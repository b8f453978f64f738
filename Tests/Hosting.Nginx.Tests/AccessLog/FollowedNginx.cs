using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>A running Nginx with its sites, whose access log is followed, as an AppHost does it, into a receiver.</summary>
internal sealed class FollowedNginx : IAsyncDisposable
{
    private const int User1 = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ProxyMeter _meter = new(address => address);
    private OtlpSender? _sender;
    private AccessLogTailer? _tailer;
    private CancellationTokenSource? _stopping;
    private Task? _running;

    private FollowedNginx(Sites sites, RunningNginx nginx, OtlpReceiver receiver)
    {
        Sites = sites;
        Nginx = nginx;
        Receiver = receiver;
    }

    public Sites Sites { get; }

    public RunningNginx Nginx { get; }

    public OtlpReceiver Receiver { get; }

    public AccessLogFiles Files => new(Nginx.Folder);

    public AccessLogSettings Settings { get; init; } = new() { Settling = TimeSpan.FromMilliseconds(500) };

    public static async Task<FollowedNginx> StartAsync(
        int sites = 2, Func<NginxRequest, NginxRequest>? change = null, AccessLogSettings? settings = null, NginxRuntime runtime = NginxRuntime.Process)
    {
        var started = await Sites.StartAsync(sites);
        var nginx = await RunningNginx.StartAsync(runtime, started.Ports, change: change);
        return new FollowedNginx(started, nginx, await OtlpReceiver.StartAsync()) { Settings = settings ?? new() { Settling = TimeSpan.FromMilliseconds(500) } };
    }

    public void Follow()
    {
        _stopping = new CancellationTokenSource();
        _sender = new OtlpSender(Receiver.Address, OtlpReceiver.Key);
        AccessLogReceiver receiver = new(new RequestBatch("nginx", address => address, Settings), _meter, _sender, NullLogger<AccessLogReceiver>.Instance);
        _tailer = new AccessLogTailer(Files, Settings, receiver, () => Nginx.SignalLeader(User1), TimeProvider.System, NullLogger<AccessLogTailer>.Instance);
        _running = Task.Run(() => _tailer.RunAsync(_stopping.Token));
    }

    public async Task UnfollowAsync()
    {
        if (_running is not null)
        {
            await _stopping!.CancelAsync();
            await _running;
            _sender!.Dispose();
            _stopping.Dispose();
            _running = null;
        }
    }

    /// <summary>Sends so many requests, each with a number in its path that no other has, from several clients.</summary>
    public Task SendAsync(int first, int count, int clients = 8) => Parallel.ForEachAsync(
        Enumerable.Range(first, count),
        new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = TestContext.Current.CancellationToken },
        async (number, cancellationToken) =>
        {
            using var response = await Nginx.Client.GetAsync($"/headers?n={number}", cancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        });

    /// <summary>Waits until so many spans have arrived, and a moment longer for those that should not.</summary>
    public async Task<IReadOnlyList<Dashboard.Ingest.Otlp.Span>> SpansAsync(int count)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (Receiver.Spans.Count < count)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"{Receiver.Spans.Count} of {count} spans have arrived");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(1500), TimeProvider.System, TestContext.Current.CancellationToken);
        return [.. Receiver.Spans.Select(received => received.Span)];
    }

    /// <summary>Waits until so much of the file has been dealt with.</summary>
    public async Task PositionAsync(long offset)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (AccessLogPosition.Load(Files.PositionFile)?.Offset != offset)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"{AccessLogPosition.Load(Files.PositionFile)} of {offset} bytes are dealt with");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asserts that each of the numbered requests has arrived once.</summary>
    public async Task EachOnceAsync(int count)
    {
        var spans = await SpansAsync(count);
        spans.Select(span => span.Attributes.Of("url.query")).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, count).Select(number => $"n={number}").Order(StringComparer.Ordinal));
        spans.Select(span => span.SpanId.Hex()).Distinct().Count().ShouldBe(count);
    }

    public async ValueTask DisposeAsync()
    {
        await UnfollowAsync();
        _meter.Dispose();
        await Nginx.DisposeAsync();
        await Sites.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
