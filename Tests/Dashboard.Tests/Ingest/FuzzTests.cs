using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>Bytes that make no sense are refused; they never are a fault of the dashboard.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 10_000;
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly string[] Paths = ["/v1/logs", "/v1/traces", "/v1/metrics"];

    private static readonly string[] Methods =
    [
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    ];

    [Theory]
    [InlineData(20261122)]
    [InlineData(20261128)]
    public async Task Ten_thousand_mutations_are_taken_or_refused_and_nothing_is_left_in_memory(int seed)
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Storage:MaxBytes=200000000");
        var seeds = Seeds();
        var lanes = Enumerable.Range(0, 4).Select(lane => Task.Run(async () =>
        {
            var random = new Random(seed + lane);
            for (var i = 0; i < Mutations / 4; i++)
            {
                await SendAsync(dashboard, seeds[random.Next(seeds.Count)], i, random);
            }
        }));

        await Task.WhenAll(lanes);

        using var after = await Client.SendAsync(dashboard.HttpPost(Messages.Logs(Messages.Log("still alive")).Bytes()));
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Storage.OpenStore.UntilAsync(() => dashboard.Get<QueueBudget>() is { Bytes: 0, Records: 0 }, "an empty queue");
    }

    private static List<(int Signal, byte[] Protobuf, byte[] Json)> Seeds()
    {
        List<(int, byte[], byte[])> seeds = [];
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new RandomMessages(seed);
            IMessage[] messages = [random.Make<ExportLogsRequest>(), random.Make<ExportTraceRequest>(), random.Make<ExportMetricsRequest>()];
            seeds.AddRange(messages.Select((message, signal) => (signal, message.ToByteArray(), OtlpJson.Of(message, seed))).Where(s => s.Item2.Length < 20_000));
        }

        return seeds;
    }

    private static async Task SendAsync(RunningDashboard dashboard, (int Signal, byte[] Protobuf, byte[] Json) seed, int i, Random random)
    {
        var packed = random.Next(4) == 0;
        // Packed before or after the change: the one breaks the message, the other the archive.
        var body = i % 2 == 0 ? seed.Protobuf : seed.Json;
        body = packed && random.Next(2) == 0 ? Mutate(Messages.Gzip(body), random) : packed ? Messages.Gzip(Mutate(body, random)) : Mutate(body, random);
        var request = i % 4 == 2
            ? dashboard.GrpcPost(random.Next(2) == 0 ? body : Messages.Frame(body, packed), Methods[seed.Signal])
            : dashboard.HttpPost(body, Paths[seed.Signal]);
        if (i % 2 == 1)
        {
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (packed)
        {
            request.Content!.Headers.ContentEncoding.Add("gzip");
            request.Headers.Add("grpc-encoding", "gzip");
        }

        using var answer = await Client.SendAsync(request);
        if (i % 4 == 2)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.GrpcStatus().ShouldBeOneOf("0", "3", "8", "14");
        }
        else
        {
            ((int)answer.StatusCode).ShouldBeOneOf(200, 400, 413, 503);
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        if (random.Next(20) == 0)
        {
            var noise = new byte[random.Next(400)];
            random.NextBytes(noise);
            return noise;
        }

        var body = random.Next(2) == 0 ? seed[..] : seed[..random.Next(seed.Length + 1)];
        for (var i = random.Next(6); i > 0 && body.Length > 0; i--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        return body;
    }
}
