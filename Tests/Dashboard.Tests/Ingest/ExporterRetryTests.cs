using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>The OpenTelemetry SDK's exporters with the retries that the AppHost turns on: what finds no room, or no dashboard, is stored later, and once.</summary>
public sealed class ExporterRetryTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task A_batch_that_found_the_queue_full_is_sent_again_and_stored_once(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var (budget, counters) = (dashboard.Get<QueueBudget>(), dashboard.Get<IngestCounters>());
        budget.TryTake(0, budget.MaxBytes).ShouldBeTrue();
        await using var sender = Sender(dashboard, protocol);
        var ended = Task.Run(() => Send(sender, "Order 17 is sent"));

        await Storage.OpenStore.UntilAsync(() => counters.RefusedRecently > 0, "the first refusal");
        budget.Give(0, budget.MaxBytes);
        await ended.WaitAsync(RunningDashboard.Patience);
        // Its end waits for the export that is under way; a flush does not.
        await sender.DisposeAsync();

        (await dashboard.WaitForAsync(1)).Rows.Select(row => row.Body).ShouldBe(["Order 17 is sent"]);
        counters.RecentRefusals.ShouldHaveSingleItem().Reason.ShouldBe(Refusal.Busy);
        counters.Snapshot().Single(count => count.Instance == "site-8003").Received.ShouldBe(1);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task What_is_sent_while_the_dashboard_restarts_arrives_and_once(OtlpExportProtocol protocol)
    {
        using var folder = new TempFolder();
        var first = await RunningDashboard.StartAsync(folder.Path);
        string[] sameDoors = [$"Dashboard:Otlp:GrpcEndpointUrl={first.Grpc}", $"Dashboard:Otlp:HttpEndpointUrl={first.OtlpHttp}"];
        await using var sender = Sender(first, protocol);
        Send(sender, "before");
        await first.WaitForAsync(1);
        await first.DisposeAsync();

        var ended = Task.Run(() => Send(sender, "meanwhile"));
        // Long enough for a first try that finds nobody; how long it is does not matter for the result.
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, CancellationToken.None);
        await using var second = await RunningDashboard.StartAsync(folder.Path, sameDoors);
        await ended.WaitAsync(RunningDashboard.Patience);
        Send(sender, "after");
        await sender.DisposeAsync();

        (await second.WaitForAsync(3)).Rows.Select(row => row.Body).ShouldBe(["before", "meanwhile", "after"]);
    }

    private static ServiceProvider Sender(RunningDashboard dashboard, OtlpExportProtocol protocol)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory")]).Build());
        services.AddLogging(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "site"), new("service.instance.id", "site-8003")]));
            options.AddOtlpExporter(exporter =>
            {
                exporter.Protocol = protocol;
                exporter.Endpoint = protocol == OtlpExportProtocol.Grpc ? dashboard.Grpc : new Uri(dashboard.OtlpHttp, "v1/logs");
                exporter.Headers = "x-otlp-api-key=" + RunningDashboard.OtlpKey;
                exporter.TimeoutMilliseconds = 20_000;
            });
        }));
        return services.BuildServiceProvider();
    }

    private static void Send(ServiceProvider sender, string text)
    {
#pragma warning disable CA1848, CA2254 // one record of a test
        sender.GetRequiredService<ILoggerFactory>().CreateLogger("WebSite.Orders").LogWarning(text);
#pragma warning restore CA1848, CA2254
        sender.GetRequiredService<LoggerProvider>().ForceFlush(20_000).ShouldBeTrue();
    }
}
