using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests;

/// <summary>The whole dashboard in this process, on ports from the system and in a folder of its own.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    public const string OtlpKey = "otlp-key";
    public const string ApiKey = "api-key";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder? _folder;
    private readonly WebApplication _app;

    private RunningDashboard(WebApplication app, TempFolder? folder)
    {
        _app = app;
        _folder = folder;
        var listeners = app.Services.GetRequiredService<Listeners>();
        Grpc = listeners.OtlpGrpc;
        OtlpHttp = listeners.OtlpHttp;
        Client = new HttpClient { BaseAddress = listeners.Frontend[0], Timeout = Patience };
        Client.DefaultRequestHeaders.Add("X-API-Key", ApiKey);
    }

    public Uri Grpc { get; }

    public Uri OtlpHttp { get; }

    /// <summary>Speaks to the front end and carries the API key.</summary>
    public HttpClient Client { get; }

    public LogQueries Queries => Get<LogQueries>();

    /// <param name="settings">As <c>Dashboard:Otlp:AuthMode=Unsecured</c>.</param>
    public static async Task<RunningDashboard> StartAsync(string? directory = null, params string[] settings)
    {
        var folder = directory is null ? new TempFolder() : null;
        var app = DashboardHost.Build([], builder => builder.Configuration.AddInMemoryCollection(
        [
            new("Dashboard:Frontend:EndpointUrls", "http://127.0.0.1:0"),
            new("Dashboard:Otlp:GrpcEndpointUrl", "http://127.0.0.1:0"),
            new("Dashboard:Otlp:HttpEndpointUrl", "http://127.0.0.1:0"),
            new("Dashboard:Otlp:PrimaryApiKey", OtlpKey),
            new("Dashboard:Otlp:SecondaryApiKey", OtlpKey + "-2"),
            new("Dashboard:Api:PrimaryApiKey", ApiKey),
            new("Dashboard:Api:SecondaryApiKey", ApiKey + "-2"),
            new("Dashboard:Storage:Directory", directory ?? folder!.Path),
            new("Dashboard:Storage:MinFreeBytes", "0"),
            new("Logging:LogLevel:Default", "None"),
            new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "None"),
            new("Logging:LogLevel:Microsoft.AspNetCore", "Error"),
        ]).AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create<string, string?>(pair[0], pair[1]))));
        await app.StartAsync();
        return new RunningDashboard(app, folder);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Queues rows as if they had come in by OTLP.</summary>
    public void Add(params IEnumerable<LogRow> rows)
    {
        var batch = new TelemetryBatch();
        foreach (var row in rows)
        {
            batch.Add(Samples.Draft(row));
        }

        Get<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        Get<TelemetryStore>().Add(batch);
    }

    /// <summary>Queues spans, and waits until they are found.</summary>
    public async Task AddAsync(params SpanDraft[] spans)
    {
        var batch = new TelemetryBatch();
        foreach (var span in spans)
        {
            batch.Add(span);
        }

        var committed = Get<StoreStatus>().Committed;
        Get<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        Get<TelemetryStore>().Add(batch);
        await Storage.OpenStore.UntilAsync(() => Get<StoreStatus>().Committed >= committed + spans.Length, "the commit");
    }

    /// <summary>The page once it has at least so many rows.</summary>
    public async Task<LogPage> WaitForAsync(int rows, LogFilter? filter = null)
    {
        using var late = new CancellationTokenSource(Patience);
        var page = await Queries.FindAsync(filter ?? new LogFilter(), late.Token);
        while (page.TotalCount < rows)
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited for {rows} log records; there are {page.TotalCount}.");
            }

            await Task.Delay(20, CancellationToken.None);
            page = await Queries.FindAsync(filter ?? new LogFilter(), CancellationToken.None);
        }

        return page;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }
}
