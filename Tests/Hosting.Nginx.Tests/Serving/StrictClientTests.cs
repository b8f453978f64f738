using System.Net;
using System.Net.Sockets;
using System.Text;
using Testing;
using Testing.Load;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>The client of the proofs finds what it is there to find.</summary>
public sealed class StrictClientTests : IDisposable
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{answer}";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Nginx.Tests.TempFolder _record = new();

    public StrictClientTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _record.Dispose();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{answer}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{hex}\r\n{answer}\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 201 Created\r\nX: y: z\r\ncontent-length:{length}\r\nConnection: keep-alive\r\n\r\n{answer}")]
    public async Task A_good_answer_is_taken_and_the_connection_is_used_again(string answer)
    {
        var report = await AskAsync(answer, answer, answer);

        report.Failures.ShouldBeEmpty();
        report.Posts.Count.ShouldBe(3);
        report.Connections.ShouldBe(1);
        report.Replicas.ShouldBe(new Dictionary<string, int> { ["site-1"] = 3 });
    }

    [Theory]
    [InlineData("{cut}", FailureKind.ClosedBeforeAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le{cut}", FailureKind.ClosedWithinAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{answer}{cut}", FailureKind.ClosedWithinAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{hex}\r\n{answer}\r\n0\r\n{cut}", FailureKind.ClosedWithinAnswer)]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", FailureKind.Status)]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", FailureKind.Status)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nsite-1 4711", FailureKind.WrongAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{answer}HTTP/1.1 400 ", FailureKind.Malformed)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{answer}", FailureKind.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n{answer}", FailureKind.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{answer}", FailureKind.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{answer}", FailureKind.Malformed)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: {length}\n\n{answer}", FailureKind.Malformed)]
    public async Task Everything_else_is_a_failure_and_is_not_tried_again(string answer, FailureKind kind)
    {
        var report = await AskAsync(Good, answer, Good);

        report.Failures.ShouldHaveSingleItem().Kind.ShouldBe(kind);
        report.Failures[0].RequestsBefore.ShouldBe(kind is FailureKind.Status or FailureKind.WrongAnswer ? 2 : 1);
        report.Posts.Count.ShouldBe(2);
        report.Connections.ShouldBe(2);
        report.Sent.ShouldBe(3);
    }

    [Fact]
    public async Task After_an_answer_that_says_so_the_next_request_has_a_new_connection()
    {
        var report = await AskAsync(Good.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), Good);

        report.Failures.ShouldBeEmpty();
        report.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task No_answer_in_time_is_a_failure_and_so_is_no_connection()
    {
        await using var client = StrictClient.Start(new LoadSettings { Port = ((IPEndPoint)_listener.LocalEndpoint).Port, Connections = 1, Timeout = TimeSpan.FromMilliseconds(50) });
        await Wait.Until(() => client.Failed >= 1);
        _listener.Stop();
        await Wait.Until(() => client.Failed >= 4);

        var report = await client.StopAsync();

        report.Failures[0].Kind.ShouldBe(FailureKind.Timeout);
        report.Failures[^1].Kind.ShouldBe(FailureKind.NoConnection);
    }

    [Fact]
    public async Task What_was_executed_twice_or_never_is_found_in_the_record()
    {
        List<string> ids = [];
        var report = await AskAsync(ids, Good, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Good, Good);
        using (RequestRecord record = new(_record.Path, "site-1"))
        {
            record.Add(1, "POST", ids[0]);
            record.Add(2, "POST", ids[1]);
            record.Add(3, "POST", ids[2]);
            record.Add(4, "POST", ids[2]);
            record.Add(5, "POST", "of-another-client");
            record.Add(6, "POST", "of-another-client");
        }

        var effects = report.Against(RequestRecord.Read(_record.Path));

        effects.Duplicated.ShouldBe([ids[2]]);
        effects.Lost.ShouldBe([ids[3]]);
        effects.ExecutedThoughFailed.ShouldBe(1);
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_times()
    {
        Latencies latencies = new(Enumerable.Range(1, 1000).Reverse().Select(ms => TimeSpan.FromMilliseconds(ms)));

        (latencies.Percentile(50).TotalMilliseconds, latencies.Percentile(99.9).TotalMilliseconds, latencies.Longest.TotalMilliseconds).ShouldBe((500, 999, 1000));
    }

    private Task<LoadReport> AskAsync(params string[] answers) => AskAsync([], answers);

    /// <summary>One connection of POSTs, answered so in turn; the server closes it where an answer is cut, or says so.</summary>
    private async Task<LoadReport> AskAsync(List<string> ids, params string[] answers)
    {
        await using var client = StrictClient.Start(new LoadSettings { Port = ((IPEndPoint)_listener.LocalEndpoint).Port, Connections = 1, Posts = 1 });
        Queue<string> left = new(answers);
        Task<LoadReport>? stopped = null;
        while (left.Count > 0)
        {
            using var connection = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = connection.GetStream();
            var buffer = new byte[4096];
            while (left.Count > 0 && await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
            {
                var id = Encoding.ASCII.GetString(buffer, 0, count).Split("\r\n\r\n")[1];
                ids.Add(id);
                if (left.Count == 1)
                {
                    stopped = client.StopAsync();
                }

                var template = left.Dequeue();
                await stream.WriteAsync(Filled(template, $"site-1 {id}"), TestContext.Current.CancellationToken);
                if (template.Contains("{cut}") || template.Contains("close"))
                {
                    break;
                }
            }
        }

        return await stopped!.Within();
    }

    private static byte[] Filled(string template, string answer) => Encoding.ASCII.GetBytes(
        template.Replace("{cut}", "").Replace("{answer}", answer).Replace("{length}", $"{answer.Length}").Replace("{hex}", $"{answer.Length:x}"));
}
