using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>The way of a request from Nginx's log to the dashboard, with the real nginx.</summary>
[Trait("kind", "process")]
public sealed class FollowedNginxTests(DockerEngine docker)
{
    private const string Forged = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_request_is_a_span_whose_ids_the_replica_gets_as_its_parent()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Follow();

        var headers = await HeadersAsync(nginx, "/headers?token=secret&page=2", ("User-Agent", "tests"), ("Referer", "http://elsewhere/?code=4711"));

        var (resource, span) = (await WaitForOneAsync(nginx), nginx.Receiver.Spans.Single().Span);
        headers["traceparent"].ShouldBe($"00-{span.TraceId.Hex()}-{span.SpanId.Hex()}-01");
        resource.Of("service.name").ShouldBe("nginx");
        resource.Of("service.instance.id").ShouldBe("nginx");
        span.ParentSpanId.Length.ShouldBe(0);
        (span.Name, span.Kind, span.Status).ShouldBe(("GET", 2, null));
        span.Attributes.Of("http.request.method").ShouldBe("GET");
        span.Attributes.Of("url.path").ShouldBe("/headers");
        span.Attributes.Of("url.query").ShouldBe("token=***&page=2");
        span.Attributes.Of("http.response.status_code").ShouldBe("200");
        span.Attributes.Of("server.address").ShouldBe($"127.0.0.1:{nginx.Nginx.Port}");
        span.Attributes.Of("client.address").ShouldBe("127.0.0.1");
        span.Attributes.Of("user_agent.original").ShouldBe("tests");
        span.Attributes.Of("http.request.header.referer").ShouldBe("http://elsewhere/?code=***");
        span.Attributes.Of("stack.request_id").ShouldBe(headers["X-Request-ID"]);
        span.Attributes.Of("stack.retries").ShouldBe("0");
        nginx.Sites.Ports.Select(port => $"127.0.0.1:{port}").ShouldContain(span.Attributes.Of("stack.upstream"));
        double.Parse(span.Attributes.Of("stack.upstream.response")!).ShouldBeInRange(0, 20);
        span.EndTimeUnixNano.ShouldBeGreaterThanOrEqualTo(span.StartTimeUnixNano);
        nginx.Receiver.Logs.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trace_that_a_client_names_is_ignored()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Follow();

        var headers = await HeadersAsync(nginx, "/headers", ("traceparent", Forged), ("tracestate", "a=b"));

        await WaitForOneAsync(nginx);
        var span = nginx.Receiver.Spans.Single().Span;
        headers["traceparent"].ShouldBe($"00-{span.TraceId.Hex()}-{span.SpanId.Hex()}-01");
        span.TraceId.Hex().ShouldNotBe(Forged[3..35]);
        headers.ShouldNotContainKey("tracestate");
    }

    [Fact]
    public async Task A_trace_that_a_client_names_goes_on_where_that_is_wanted_and_never_one_that_is_malformed()
    {
        await using var nginx = await FollowedNginx.StartAsync(change: request => request with { ClientTraceContext = true });
        nginx.Follow();

        var joined = await HeadersAsync(nginx, "/headers?joined", ("traceparent", Forged), ("tracestate", "a=b"));
        var malformed = await HeadersAsync(nginx, "/headers?malformed", ("traceparent", $"00-{new string('0', 32)}-b7ad6b7169203331-01"), ("tracestate", "a=b"));

        var spans = (await nginx.SpansAsync(2)).ToDictionary(span => span.Attributes.Of("url.query")!);
        (joined["traceparent"], joined["tracestate"]).ShouldBe((Forged, "a=b"));
        spans["joined"].TraceId.Hex().ShouldBe(Forged[3..35]);
        spans["joined"].ParentSpanId.Hex().ShouldBe(Forged[36..52]);
        spans["joined"].SpanId.Hex().ShouldNotBe(Forged[36..52]);
        malformed["traceparent"].ShouldBe($"00-{spans["malformed"].TraceId.Hex()}-{spans["malformed"].SpanId.Hex()}-01");
        malformed.ShouldNotContainKey("tracestate");
        spans["malformed"].ParentSpanId.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_retry_tells_both_addresses_and_both_statuses()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        await nginx.Sites[0].VanishAsync();
        nginx.Follow();

        for (var number = 0; number < 4; number++)
        {
            (await nginx.Nginx.Client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe($"{nginx.Sites[1].Port}");
        }

        var retried = (await nginx.SpansAsync(4)).First(span => span.Attributes.Of("stack.retries") == "1");
        retried.Attributes.Of("stack.upstream").ShouldBe($"127.0.0.1:{nginx.Sites[1].Port}");
        retried.Attributes.Of("http.response.status_code").ShouldBe("200");
        retried.Events.Select(tried => (tried.Name, tried.Attributes.Of("stack.upstream"), tried.Attributes.Of("http.response.status_code"))).ShouldBe(
        [
            ("stack.try", $"127.0.0.1:{nginx.Sites[0].Port}", "502"),
            ("stack.try", $"127.0.0.1:{nginx.Sites[1].Port}", "200"),
        ]);
        retried.Events.ShouldAllBe(tried => tried.TimeUnixNano >= retried.StartTimeUnixNano && tried.TimeUnixNano <= retried.EndTimeUnixNano);
        var record = nginx.Receiver.Logs.First(log => log.SpanId.Equals(retried.SpanId));
        record.SeverityNumber.ShouldBe(13);
        record.Body.StringValue.ShouldEndWith($"; tries: 127.0.0.1:{nginx.Sites[0].Port} 502, 127.0.0.1:{nginx.Sites[1].Port} 200");
    }

    [Fact]
    public async Task An_error_is_a_record_and_a_check_is_not_logged()
    {
        await using var nginx = await FollowedNginx.StartAsync(sites: 1);
        nginx.Follow();
        foreach (var path in (string[])["/problem", "/health", "/ALIVE/", "/nginx-health?x"])
        {
            using var response = await nginx.Nginx.Client.GetAsync(path, TestContext.Current.CancellationToken);
        }

        await WaitForOneAsync(nginx);
        var span = nginx.Receiver.Spans.Single().Span;
        (span.Path(), span.Status.Code).ShouldBe(("/problem", 2));
        var record = nginx.Receiver.Logs.ShouldHaveSingleItem();
        (record.SeverityNumber, record.SpanId, record.TraceId).ShouldBe((17, span.SpanId, span.TraceId));
        record.Body.StringValue.ShouldStartWith("GET /problem answered 500 after ");
    }

    [Fact]
    public async Task What_was_logged_while_nobody_read_arrives_later_and_once()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Follow();
        await nginx.SendAsync(0, 200);
        await nginx.SpansAsync(200);
        await nginx.UnfollowAsync();
        await nginx.SendAsync(200, 1000);

        nginx.Follow();

        await nginx.SendAsync(1200, 300);
        await nginx.EachOnceAsync(1500);
    }

    [Fact]
    public async Task What_the_dashboard_could_not_take_arrives_when_it_is_back()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Follow();
        await nginx.SendAsync(0, 100);
        await nginx.Receiver.CloseAsync();
        await nginx.SendAsync(100, 500);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
        nginx.Receiver.Answer = HttpStatusCode.ServiceUnavailable;
        await nginx.Receiver.OpenAsync();
        await nginx.SendAsync(600, 100);

        nginx.Receiver.Answer = HttpStatusCode.OK;

        await nginx.EachOnceAsync(700);
    }

    [Theory]
    [InlineData(NginxRuntime.Process)]
    [InlineData(NginxRuntime.Container)]
    public async Task Files_are_put_aside_under_load_and_nothing_is_lost(NginxRuntime runtime)
    {
        if (runtime == NginxRuntime.Container)
        {
            await docker.UseAsync();
        }

        await using var nginx = await FollowedNginx.StartAsync(settings: new() { RotateAt = 200 * 1024, Settling = TimeSpan.FromMilliseconds(500) }, runtime: runtime);
        nginx.Follow();

        for (var part = 0; part < 4; part++)
        {
            await nginx.SendAsync(part * 600, 600);
            await Task.Delay(TimeSpan.FromMilliseconds(1200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await nginx.EachOnceAsync(2400);
        var files = Directory.GetFiles(nginx.Nginx.Folder, "access.json*");
        files.Length.ShouldBeInRange(3, 4);
        files.ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_file_that_was_deleted_by_hand_comes_back()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Follow();
        await nginx.SendAsync(0, 100);
        await nginx.SpansAsync(100);

        File.Delete(nginx.Files.Live);
        await nginx.SendAsync(100, 200);
        await nginx.SpansAsync(300);
        await nginx.SendAsync(300, 100);

        await nginx.EachOnceAsync(400);
        new FileInfo(nginx.Files.Live).Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_the_dashboard_does_not_understand_is_passed_over()
    {
        await using var nginx = await FollowedNginx.StartAsync();
        nginx.Receiver.Answer = HttpStatusCode.BadRequest;
        await nginx.SendAsync(1000, 10);
        await Task.Delay(TimeSpan.FromMilliseconds(1500), TimeProvider.System, TestContext.Current.CancellationToken);
        nginx.Follow();
        await nginx.PositionAsync(new FileInfo(nginx.Files.Live).Length);

        nginx.Receiver.Answer = HttpStatusCode.OK;
        await nginx.SendAsync(0, 20);

        await nginx.EachOnceAsync(20);
    }

    [Fact]
    public async Task Without_a_dashboard_the_files_are_kept_within_their_bounds_and_nothing_is_read()
    {
        using Nginx.Tests.TempFolder temp = new();
        AccessLogFiles files = new(temp.Path);
        using CancellationTokenSource stopping = new();
        AccessLogTailer tailer = new(files, new AccessLogSettings { RotateAt = 10 }, null, () => { }, TimeProvider.System, NullLogger<AccessLogTailer>.Instance);
        File.WriteAllText(files.Live, "a line that is long\n");

        var running = tailer.RunAsync(stopping.Token);

        await Testing.Wait.Until(() => File.Exists(files.Previous));
        await stopping.CancelAsync();
        await running;
        File.Exists(files.PositionFile).ShouldBeFalse();
    }

    private static async Task<Dictionary<string, string>> HeadersAsync(FollowedNginx nginx, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await nginx.Nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(TestContext.Current.CancellationToken))!;
    }

    /// <summary>The attributes of the only span's resource.</summary>
    private static async Task<IEnumerable<Dashboard.Ingest.Otlp.KeyValue>> WaitForOneAsync(FollowedNginx nginx)
    {
        (await nginx.SpansAsync(1)).ShouldHaveSingleItem();
        return nginx.Receiver.Spans.Single().Resource.Attributes;
    }
}
