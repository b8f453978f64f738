using System.Net;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>What is refused, with which code, and that a refusal never is a fault of the dashboard.</summary>
public sealed class RefusalTests
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly byte[] Good = Messages.Logs(Messages.Log("hello")).Bytes();

    [Fact]
    public async Task Http_says_ok_with_an_answer_of_its_own_kind()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var response = await Client.SendAsync(dashboard.HttpPost(Good));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-protobuf");
        ExportResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync()).PartialSuccess.ShouldBeNull();
        (await dashboard.WaitForAsync(1)).Rows.Single().Body.ShouldBe("hello");
    }

    [Fact]
    public async Task Grpc_says_ok_in_its_trailers()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var response = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(Good)));
        var body = await response.Content.ReadAsByteArrayAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/grpc");
        body.ShouldBe(new byte[5]);
        response.TrailingHeaders.GetValues("grpc-status").Single().ShouldBe("0");
    }

    [Fact]
    public async Task Some_records_that_cannot_be_stored_are_reported_and_the_rest_is_kept()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var spans = new ExportTraceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span() } } } } } };

        using var response = await Client.SendAsync(dashboard.HttpPost(spans.Bytes(), "/v1/traces"));

        ExportResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync()).PartialSuccess.Rejected.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task A_missing_or_wrong_key_is_401_or_16_whatever_the_body_is(string? key)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var http = await Client.SendAsync(dashboard.HttpPost([1, 2, 3], key: key));
        using var grpc = await Client.SendAsync(dashboard.GrpcPost([1, 2, 3], key: key));

        http.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ErrorStatus.Parser.ParseFrom(await http.Content.ReadAsByteArrayAsync()).Message.ShouldBe("The header 'x-otlp-api-key' is missing or wrong.");
        grpc.StatusCode.ShouldBe(HttpStatusCode.OK);
        grpc.GrpcStatus().ShouldBe("16");
        grpc.GrpcMessage().ShouldBe("The header 'x-otlp-api-key' is missing or wrong.");
    }

    [Fact]
    public async Task Without_keys_everything_is_let_in_when_the_settings_say_so()
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Otlp:AuthMode=Unsecured");

        using var http = await Client.SendAsync(dashboard.HttpPost(Good, key: null));

        http.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Malformed_messages_are_400_or_3()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        byte[][] bodies = [Good[..^1], [0xff], [.. Good, 0x0a], Enumerable.Repeat((byte)0x0a, 5000).ToArray()];

        foreach (var body in bodies)
        {
            using var http = await Client.SendAsync(dashboard.HttpPost(body));
            using var grpc = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(body)));

            http.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            grpc.GrpcStatus().ShouldBe("3");
        }

        using var shortFrame = await Client.SendAsync(dashboard.GrpcPost([0, 0]));
        using var notZipped = await Client.SendAsync(WithEncoding(dashboard.HttpPost(Good), "gzip"));
        using var flagWithoutEncoding = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(Messages.Gzip(Good), packed: true)));
        shortFrame.GrpcStatus().ShouldBe("3");
        notZipped.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        flagWithoutEncoding.GrpcStatus().ShouldBe("3");
    }

    [Fact]
    public async Task Unknown_encodings_methods_and_types_have_codes_of_their_own()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var brotliFrame = dashboard.GrpcPost(Messages.Frame(Good));
        brotliFrame.Headers.Add("grpc-encoding", "br");
        var text = dashboard.HttpPost(Good);
        text.Content!.Headers.Remove("Content-Type");
        text.Content.Headers.Add("Content-Type", "text/plain");

        using var grpcEncoding = await Client.SendAsync(brotliFrame);
        using var httpEncoding = await Client.SendAsync(WithEncoding(dashboard.HttpPost(Good), "br"));
        using var httpType = await Client.SendAsync(text);
        using var grpcMethod = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(Good), "/opentelemetry.proto.collector.logs.v1.LogsService/Import"));
        using var httpPath = await Client.SendAsync(dashboard.HttpPost(Good, "/v1/profiles"));
        using var grpcType = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(Good), contentType: "application/grpc-web"));
        using var get = await Client.GetAsync(new Uri(dashboard.OtlpHttp, "/v1/logs"));

        grpcEncoding.GrpcStatus().ShouldBe("12");
        grpcEncoding.Headers.GetValues("grpc-accept-encoding").Single().ShouldBe("identity,gzip");
        httpEncoding.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        httpType.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        grpcMethod.GrpcStatus().ShouldBe("12");
        httpPath.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        grpcType.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task The_media_type_is_compared_without_its_parameters()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var request = dashboard.HttpPost(Good);
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf; charset=utf-8");

        using var response = await Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Too_much_on_the_wire_is_413_or_8_with_and_without_announced_length()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var body = Messages.Logs(Messages.Log(new string('x', BodyReader.MaxWireBytes))).Bytes();
        var chunked = dashboard.HttpPost(body);
        chunked.Headers.TransferEncodingChunked = true;

        using var http = await Client.SendAsync(dashboard.HttpPost(body));
        using var streamed = await Client.SendAsync(chunked);
        using var grpc = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(body)));

        http.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        streamed.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        grpc.GrpcStatus().ShouldBe("8");
        dashboard.Get<QueueBudget>().Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_gzip_bomb_is_413_or_8_and_leaves_nothing_in_memory()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var bomb = Messages.Gzip(new byte[200 << 20]);
        bomb.Length.ShouldBeLessThan(BodyReader.MaxWireBytes);
        var frame = dashboard.GrpcPost(Messages.Frame(bomb, packed: true));
        frame.Headers.Add("grpc-encoding", "gzip");

        using var http = await Client.SendAsync(WithEncoding(dashboard.HttpPost(bomb), "gzip"));
        using var grpc = await Client.SendAsync(frame);

        http.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        grpc.GrpcStatus().ShouldBe("8");
        dashboard.Get<QueueBudget>().Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task The_largest_message_that_is_allowed_is_taken()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var body = Messages.Logs(Enumerable.Range(0, 200).Select(_ => Messages.Log(new string('x', 80_000)))).Bytes();
        body.Length.ShouldBeInRange(15 << 20, BodyReader.MaxUnpackedBytes);

        using var response = await Client.SendAsync(WithEncoding(dashboard.HttpPost(Messages.Gzip(body)), "gzip"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await dashboard.WaitForAsync(200)).TotalCount.ShouldBe(200);
        // The body is longer than a body may be.
        dashboard.Get<IngestCounters>().Snapshot().Single().Cut.ShouldBe(200);
    }

    [Fact]
    public async Task More_records_than_the_queue_can_ever_hold_must_not_be_sent_again()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var body = Messages.Gzip(Messages.Logs(Enumerable.Repeat(new LogRecord { SeverityNumber = 9 }, 70_000)).Bytes());

        using var response = await Client.SendAsync(WithEncoding(dashboard.HttpPost(body), "gzip"));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_full_queue_is_503_or_14_and_counted_and_passes()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var budget = dashboard.Get<QueueBudget>();
        budget.TryTake(0, budget.MaxBytes).ShouldBeTrue();

        using var http = await Client.SendAsync(dashboard.HttpPost(Good));
        using var grpc = await Client.SendAsync(dashboard.GrpcPost(Messages.Frame(Good)));
        budget.Give(0, budget.MaxBytes);
        using var later = await Client.SendAsync(dashboard.HttpPost(Good));

        http.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        http.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        grpc.GrpcStatus().ShouldBe("14");
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
        dashboard.Get<IngestCounters>().RefusedRecently.ShouldBe(2);
        dashboard.Get<IngestCounters>().Snapshot().Single(c => c.Instance == "@127.0.0.1").Refused.ShouldBe(2);
    }

    [Fact]
    public async Task Routes_of_another_listener_are_not_found()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var otlpOnFront = await Client.PostAsync(new Uri(dashboard.Client.BaseAddress!, "/v1/logs"), new ByteArrayContent(Good));
        using var apiOnOtlp = await Client.GetAsync(new Uri(dashboard.OtlpHttp, "/api/telemetry/logs"));
        using var pageOnOtlp = await Client.GetAsync(new Uri(dashboard.OtlpHttp, "/login"));
        using var forgedHost = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(dashboard.OtlpHttp, "/login"))
        {
            Headers = { Host = dashboard.Client.BaseAddress!.Authority },
        });
        using var pageOnGrpc = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(dashboard.Grpc, "/login"))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });

        otlpOnFront.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        apiOnOtlp.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        pageOnOtlp.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        forgedHost.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        pageOnGrpc.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await dashboard.WaitForAsync(0)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_of_millions_of_empty_messages_is_413_or_8_before_it_fills_the_memory()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var empty = new byte[15 << 20];
        for (var i = 0; i < empty.Length; i += 2)
        {
            empty[i] = 0x0a;
        }

        using var http = await Client.SendAsync(WithEncoding(dashboard.HttpPost(Messages.Gzip(empty)), "gzip"));

        http.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        ErrorStatus.Parser.ParseFrom(await http.Content.ReadAsByteArrayAsync()).Message.ShouldBe("The body holds more than 1000000 objects. Send smaller batches.");
        dashboard.Get<QueueBudget>().Bytes.ShouldBe(0);
    }

    private static HttpRequestMessage WithEncoding(HttpRequestMessage request, string encoding)
    {
        request.Content!.Headers.ContentEncoding.Add(encoding);
        return request;
    }
}
