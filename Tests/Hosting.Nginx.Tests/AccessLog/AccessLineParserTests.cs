using System.Text;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class AccessLineParserTests
{
    [Fact]
    public void A_line_is_read_whole()
    {
        var line = Lines.Parse();

        line.ShouldNotBeNull();
        (line.Start, line.End, line.Duration).ShouldBe((1_795_866_748_163_000_000, 1_795_866_748_167_000_000, 4_000_000));
        (line.Method, line.Uri, line.Status, line.Protocol, line.Scheme).ShouldBe(("GET", "/orders?page=2", 200, "HTTP/1.1", "http"));
        (line.BytesIn, line.BytesOut, line.Client, line.Host).ShouldBe((120, 4500, "203.0.113.7", "shop.example"));
        (line.TraceId, line.SpanId, line.ParentSpanId, line.RequestId).ShouldBe((Lines.Id, Lines.Id[..16], null, "order-4711"));
        (line.UserAgent, line.Referer, line.Retries).ShouldBe(("curl/8", "", 0));
        line.Tries.ShouldBe([new UpstreamTry("127.0.0.1:8001", 200, 0, 3_000_000, 4_000_000)]);
    }

    [Fact]
    public void Several_tries_are_parted_by_commas_and_by_colons_after_an_internal_redirect()
    {
        var line = Lines.Parse(
            ("upstream", "127.0.0.1:8003, 127.0.0.1:8001 : [::1]:8002"), ("upstream_status", "502, 504 : 200"),
            ("connect", "-, 0.001 : 0.000"), ("header", "-, - : 0.002"), ("response", "0.000, 2.000 : 0.003"));

        line!.Retries.ShouldBe(2);
        line.Tries.ShouldBe(
        [
            new UpstreamTry("127.0.0.1:8003", 502, null, null, 0),
            new UpstreamTry("127.0.0.1:8001", 504, 1_000_000, null, 2_000_000_000),
            new UpstreamTry("[::1]:8002", 200, 0, 2_000_000, 3_000_000),
        ]);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-", "-")]
    [InlineData("stack_site", "502")]
    public void Without_a_replica_that_was_asked_there_is_no_try(string address, string status)
    {
        var line = Lines.Parse(("upstream", address), ("upstream_status", status), ("connect", "-"), ("header", "-"), ("response", "0.000"), ("status", "502"));

        line!.Tries.ShouldBeEmpty();
        (line.Status, line.Retries).ShouldBe((502, 0));
    }

    [Fact]
    public void When_no_replica_was_left_those_before_are_tries_and_the_upstream_is_none()
    {
        var line = Lines.Parse(("upstream", "127.0.0.1:8001, stack_site"), ("upstream_status", "502, 502"), ("connect", "-, -"), ("header", "-, -"), ("response", "0.000, 0.000"));

        line!.Tries.ShouldHaveSingleItem().Address.ShouldBe("127.0.0.1:8001");
        line.Retries.ShouldBe(0);
    }

    [Fact]
    public void The_span_of_a_client_whose_trace_goes_on_is_the_parent()
    {
        var line = Lines.Parse(("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        (line!.TraceId, line.SpanId, line.ParentSpanId).ShouldBe(("0af7651916cd43dd8448eb211c80319c", Lines.Id[..16], "b7ad6b7169203331"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"ts\":")]
    [InlineData("{\"ts\":1}")]
    [InlineData("{\"ts\":{\"a\":\"b\"}}")]
    public void What_is_no_line_is_null(string text) => Lines.Parse(text).ShouldBeNull();

    [Fact]
    public void Half_a_line_is_null_and_so_are_two_in_one()
    {
        var whole = Lines.Text();

        foreach (var length in Enumerable.Range(0, whole.Length))
        {
            Lines.Parse(whole[..length]).ShouldBeNull();
        }

        Lines.Parse(whole + whole).ShouldBeNull();
        Lines.Parse(whole[..50] + whole).ShouldBeNull();
    }

    [Theory]
    [InlineData("ts", "-")]
    [InlineData("ts", "1795866748")]
    [InlineData("ts", "99999999999999999999.000")]
    [InlineData("time", null)]
    [InlineData("status", "-5")]
    [InlineData("method", "")]
    [InlineData("traceparent", "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("id", "e909")]
    [InlineData("id", null)]
    public void Without_what_a_span_needs_it_is_null(string field, string? value) => Lines.Parse((field, value)).ShouldBeNull();

    [Fact]
    public void Fields_in_another_order_unknown_ones_and_missing_ones_do_not_matter()
    {
        var line = Lines.Parse(("later", "x"), ("agent", null), ("host", null), ("in", "?"));

        (line!.UserAgent, line.Host, line.BytesIn, line.RequestId).ShouldBe(("", "", 0, "order-4711"));
        Lines.Parse(Lines.Reversed()).ShouldBe(Lines.Parse(), new SameLine());
    }

    [Fact]
    public void Bytes_that_are_no_text_and_escapes_of_Nginx_are_read()
    {
        var bytes = Encoding.Latin1.GetBytes(Lines.Text(("agent", "caf\u00e9 \\\"x\\\\ \\u0001"), ("uri", "/\u00ff")));

        var line = new AccessLineParser().Parse(bytes);

        (line!.UserAgent, line.Uri).ShouldBe(("caf\ufffd \"x\\ \u0001", "/\ufffd"));
    }

    [Fact]
    public void A_huge_user_agent_is_read_and_a_huge_list_of_tries_is_cut()
    {
        Lines.Parse(("agent", new string('x', 200_000)))!.UserAgent.Length.ShouldBe(200_000);
        Lines.Parse(("upstream", string.Join(", ", Enumerable.Repeat("127.0.0.1:8001", 5000))))!.Tries.Count.ShouldBe(32);
    }

    [Fact]
    public void A_line_leaves_nothing_behind_for_the_next()
    {
        AccessLineParser parser = new();

        parser.Parse(Encoding.UTF8.GetBytes(Lines.Text())).ShouldNotBeNull();

        parser.Parse(Encoding.UTF8.GetBytes(Lines.Text(("referer", null), ("agent", null))))!.UserAgent.ShouldBe("");
        parser.Parse(Encoding.UTF8.GetBytes(Lines.Text(("ts", null)))).ShouldBeNull();
    }

    /// <summary>A record compares its list by reference.</summary>
    private sealed class SameLine : IEqualityComparer<AccessLine?>
    {
        public bool Equals(AccessLine? x, AccessLine? y) => x! with { Tries = [] } == y! with { Tries = [] } && x.Tries.SequenceEqual(y.Tries);

        public int GetHashCode(AccessLine? obj) => 0;
    }
}
