using System.Net;
using System.Text.Json;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Hosting.Tests.Control;

public sealed class LogRouteTests
{
    [Fact]
    public async Task Log_of_a_replica_is_its_bytes_as_they_are()
    {
        await using var harness = await ControlHarness.StartAsync();
        byte[] bytes = [.. "one\r\ntwo"u8, 0, 0xFF, 0xC3, (byte)'\n', .. "three"u8];
        await File.WriteAllBytesAsync(harness.LogFile("site-8001"), bytes);

        var response = await harness.Client.GetAsync("logs/site-8001");

        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/octet-stream");
        Offset(response).ShouldBe("0");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("offset=4", "4", "two\nthree\n")]
    [InlineData("offset=99", "14", "")]
    [InlineData("tail=1", "8", "three\n")]
    [InlineData("tail=2", "4", "two\nthree\n")]
    [InlineData("tail=50", "0", "one\ntwo\nthree\n")]
    [InlineData("tail=0", "14", "")]
    public async Task Header_tells_the_offset_of_the_first_byte(string query, string offset, string text)
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "one\ntwo\nthree\n");

        var response = await harness.Client.GetAsync($"logs/site-8001?{query}");

        Offset(response).ShouldBe(offset);
        (await response.Content.ReadAsStringAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Followed_log_may_begin_later_and_goes_on_over_restarts()
    {
        await using var harness = await ControlHarness.StartAsync();
        using var response = await harness.Client.GetAsync("logs/site-8001?follow=true", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();

        await File.AppendAllTextAsync(harness.LogFile("site-8001"), "first start\n");
        (await ControlHarness.ReadUntilAsync(stream, "first start\n")).ShouldBe("first start\n");
        await File.AppendAllTextAsync(harness.LogFile("site-8001"), "second start\n");
        (await ControlHarness.ReadUntilAsync(stream, "second start\n")).ShouldBe("second start\n");
    }

    [Fact]
    public async Task Log_of_a_resource_is_the_lines_of_its_replicas_with_their_names()
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "a1\na2\n");
        await File.WriteAllTextAsync(harness.LogFile("site-8002"), "b1\nunfinished");

        var lines = await LinesAsync(harness, "logs/site");

        lines.Select(l => $"{l.Name} {l.Offset} {l.Text}").ShouldBe(["site-8001 0 a1", "site-8001 3 a2", "site-8002 0 b1", "site-8002 3 unfinished"]);
    }

    [Fact]
    public async Task Lines_of_one_replica_tell_which_process_wrote_them()
    {
        await using var harness = await ControlHarness.StartAsync();
        var path = harness.LogFile("site-8001");
        var log = LogFile.At(path);
        await File.WriteAllTextAsync(path, "unknown\n");
        log.BeginGeneration(4);
        await File.AppendAllTextAsync(path, "four\n");
        log.BeginGeneration(5);
        await File.AppendAllTextAsync(path, "five\nstill five\n");

        harness.Client.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        var lines = await LinesAsync(harness, "logs/site-8001");

        lines.Select(l => (l.Text, l.Generation)).ShouldBe([("unknown", null), ("four", 4), ("five", 5), ("still five", 5)]);
    }

    [Fact]
    public async Task Followed_log_of_a_resource_brings_new_lines_of_every_replica()
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "old\nolder\n");
        await using var events = await harness.EventsAsync("logs/site?follow=true&tail=1");

        var old = Line(await ControlHarness.NextAsync(events));
        await File.AppendAllTextAsync(harness.LogFile("site-8002"), "new\n");
        var fresh = Line(await ControlHarness.NextAsync(events));
        await File.AppendAllTextAsync(harness.LogFile("site-8002"), "prompt> ");
        var partial = Line(await ControlHarness.NextAsync(events));

        (old.Name, old.Text, old.Offset).ShouldBe(("site-8001", "older", 4));
        (fresh.Name, fresh.Text).ShouldBe(("site-8002", "new"));
        (partial.Name, partial.Text, partial.Offset).ShouldBe(("site-8002", "prompt> ", 4));
    }

    [Fact]
    public async Task Followed_log_of_a_resource_brings_what_a_replica_writes_that_comes_later_and_nothing_of_its_earlier_life()
    {
        await using var harness = await ControlHarness.StartAsync();
        harness.Stack.Scale("site-8001");
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "first\n");
        await using var events = await harness.EventsAsync("logs?follow=true");
        Line(await ControlHarness.NextAsync(events)).Text.ShouldBe("first");

        harness.Stack.Scale("site-8001", "site-8002");
        await File.WriteAllTextAsync(harness.LogFile("site-8002"), "of before\n");
        var read = new List<string>();
        for (var i = 0; !read.Contains("of now"); i++)
        {
            // Once it is joined, what is written comes; that it is joined nobody tells.
            i.ShouldBeLessThan(1000, "the new replica is not followed");
            await File.AppendAllTextAsync(harness.LogFile("site-8002"), "of now\n");
            await File.AppendAllTextAsync(harness.LogFile("site-8001"), "more\n");
            read.Add(Line(await ControlHarness.NextAsync(events)).Text);
        }

        read.ShouldNotContain("of before");
    }

    [Fact]
    public async Task Log_of_everything_leaves_out_what_is_hidden()
    {
        await using var harness = await ControlHarness.StartAsync(
            FakeStack.Resource("site", "site-8001"), FakeStack.Resource("nginx", "nginx"), FakeStack.Resource("dashboard", "dashboard") with { Hidden = true });
        foreach (var name in (string[])["site-8001", "nginx", "dashboard"])
        {
            await File.WriteAllTextAsync(harness.LogFile(name), $"{name} speaks\n");
        }

        var lines = await LinesAsync(harness, "logs");

        lines.Select(l => l.Text).ShouldBe(["site-8001 speaks", "nginx speaks"]);
    }

    [Fact]
    public async Task Replica_comes_as_lines_when_the_request_accepts_only_events()
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("nginx"), "hello\n");
        using var request = new HttpRequestMessage(HttpMethod.Get, "logs/nginx");
        request.Headers.Add("Accept", "text/event-stream");

        var response = await harness.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("event: line\ndata: {\"name\":\"nginx\",\"offset\":0,");
    }

    [Fact]
    public async Task Offsets_hold_over_rotations_and_headers_tell_the_generation_that_wrote_the_first_byte()
    {
        await using var harness = await ControlHarness.StartAsync();
        var log = LogFile.At(harness.LogFile("site-8001"));
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i:00000}\n"));
        (await GenerationAsync(harness, "offset=0")).ShouldBeNull();
        log.BeginGeneration(6);
        await File.AppendAllTextAsync(log.Path, text[..6000]);
        log.BeginGeneration(7);
        await File.AppendAllTextAsync(log.Path, text[6000..]);

        log.Rotate(4096, 1, HeadCut.Probe(harness.Folder), DateTimeOffset.UnixEpoch);

        var response = await harness.Client.GetAsync("logs/site-8001?offset=3000");
        Offset(response).ShouldBe("3000");
        (await response.Content.ReadAsStringAsync()).ShouldBe(text[3000..]);
        (await GenerationAsync(harness, "offset=3000")).ShouldBe("6");
        (await GenerationAsync(harness, "offset=6000")).ShouldBe("7");
        (await GenerationAsync(harness, "tail=1")).ShouldBe("7");
    }

    [Fact]
    public async Task Log_whose_beginning_is_gone_begins_with_what_is_kept_and_says_so()
    {
        await using var harness = await ControlHarness.StartAsync();
        var log = LogFile.At(harness.LogFile("site-8001"));
        await File.AppendAllTextAsync(log.Path, string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i:00000}\n")));
        log.DropHead(4096, HeadCut.Probe(harness.Folder));

        var response = await harness.Client.GetAsync("logs/site-8001?offset=100");
        var lines = await LinesAsync(harness, "logs/site");
        var last = await LinesAsync(harness, "logs/site?tail=1");

        Offset(response).ShouldBe("4096");
        (lines[0].Offset, lines[0].Dropped, lines[0].Text).ShouldBe((0, 4096, "[4096 bytes of the log are missing here]"));
        (lines[1].Offset, lines[1].Dropped, lines[1].Text).ShouldBe((4096, null, " 00372"));
        last.Select(l => l.Text).ShouldBe(["line 00999"]);
    }

    [Fact]
    public async Task Time_of_a_line_is_exact_when_it_was_read_as_it_came()
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "old\n");
        await using var events = await harness.EventsAsync("logs/site?follow=true");

        var old = Line(await ControlHarness.NextAsync(events));
        await File.AppendAllTextAsync(harness.LogFile("site-8001"), "new\n");
        var fresh = Line(await ControlHarness.NextAsync(events));

        (old.Text, old.IsTimeExact).ShouldBe(("old", false));
        (fresh.Text, fresh.IsTimeExact).ShouldBe(("new", true));
    }

    private static async Task<string?> GenerationAsync(ControlHarness harness, string query)
        => (await harness.Client.GetAsync($"logs/site-8001?{query}")).Headers.TryGetValues("X-Stack-Generation", out var values) ? values.Single() : null;

    private static string Offset(HttpResponseMessage response) => response.Headers.GetValues("X-Stack-Offset").Single();

    private static ConsoleLine Line(System.Net.ServerSentEvents.SseItem<string> item)
    {
        item.EventType.ShouldBe("line");
        return JsonSerializer.Deserialize(item.Data, ControlJson.Default.ConsoleLine)!;
    }

    private static async Task<List<ConsoleLine>> LinesAsync(ControlHarness harness, string path)
    {
        await using var events = await harness.EventsAsync(path);
        var lines = new List<ConsoleLine>();
        while (await events.MoveNextAsync())
        {
            lines.Add(Line(events.Current));
        }

        return lines;
    }
}
