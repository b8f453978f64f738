using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class MetricsExportTests
{
    private static readonly InstanceSnapshot Replica = new()
    {
        Name = "site-8001", Index = 0, State = InstanceState.Running, Health = InstanceHealth.Ready, Wanted = true, Pid = 4711, Restarts = 3, StartedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", HttpProtocols.Http1, "/v1/metrics")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", HttpProtocols.Http2, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task Metrics_go_to_the_dashboard_with_its_key(string variable, HttpProtocols protocols, string path)
    {
        var port = FreePort.Next();
        var received = new ConcurrentQueue<(string Path, string Key, string Body)>();
        await using var dashboard = await ReceiverAsync(port, protocols, received);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [variable] = $"http://127.0.0.1:{port}", ["AppHost:OtlpApiKey"] = "secret" }).Build();
        using var meter = new ReplicaMeter(() => [new ObservedReplica("site", Replica, new ProcessSample(4711, 1000, 0.25, 80))], TimeProvider.System);

        // The rest is sent when it ends.
        MetricsExport.Start(configuration, ReplicaMeter.Name, StackMeasures.ServiceName, StackMeasures.ServiceName, TimeSpan.FromMinutes(1)).Dispose();

        var batch = received.ShouldHaveSingleItem();
        (batch.Path, batch.Key).ShouldBe((path, "secret"));
        foreach (var text in (string[])["apphost", "Stack.Hosting", "stack.replica.cpu", "stack.replica.memory", "stack.replica.fds", "stack.replica.uptime", "stack.replica.restarts", "stack.replica.ready", "stack.replica.state", "site-8001", "Running"])
        {
            batch.Body.ShouldContain(text);
        }
    }

    [Fact]
    public void Dashboard_that_is_not_there_is_no_event()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{FreePort.Next()}" }).Build();
        using var meter = new ReplicaMeter(() => [new ObservedReplica("site", Replica, null)], TimeProvider.System);

        Should.NotThrow(() => MetricsExport.Start(configuration, ReplicaMeter.Name, StackMeasures.ServiceName, StackMeasures.ServiceName, TimeSpan.FromMinutes(1)).Dispose());
    }

    private static async Task<WebApplication> ReceiverAsync(int port, HttpProtocols protocols, ConcurrentQueue<(string Path, string Key, string Body)> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path, context.Request.Headers["x-otlp-api-key"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
            if (protocols == HttpProtocols.Http2)
            {
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.WriteAsync(new byte[5]);
                context.Response.AppendTrailer("grpc-status", "0");
            }
        });
        await app.StartAsync();
        return app;
    }
}
