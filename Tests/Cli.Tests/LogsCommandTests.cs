using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cli.Tests;

public sealed class LogsCommandTests
{
    [Fact]
    public async Task Log_of_one_replica_is_printed_as_it_is()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["GET /v1/logs/site-8001?follow=false&tail=20"] = async response =>
        {
            response.ContentType = "application/octet-stream";
            await response.WriteAsync("one\r\ntwo");
        };

        (await appHost.RunAsync("logs", "site-8001", "--tail", "20")).ShouldBe(new CliRun(0, "one\r\ntwo", ""));
    }

    [Fact]
    public async Task Log_of_several_replicas_has_their_names_before_each_line()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["GET /v1/logs?follow=false"] = response => EventsAsync(response, ("site-8001", "hello"), ("nginx", "GET / | 200"));
        appHost.Answers["GET /v1/logs/site?follow=true"] = response => EventsAsync(response, ("site-8002", ""));

        (await appHost.RunAsync("logs")).ShouldBe(new CliRun(0, "site-8001 | hello\nnginx     | GET / | 200\n", ""));
        (await appHost.RunAsync("logs", "site:*", "-f")).ShouldBe(new CliRun(0, "site-8002 | \n", ""));
    }

    [Fact]
    public async Task Following_goes_on_until_interrupted()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedOutput("second\n");
        appHost.Answers["GET /v1/logs?follow=true"] = async response =>
        {
            await EventsAsync(response, ("site-8001", "first"));
            await EventsAsync(response, ("site-8001", "second"));
            await output.Seen;
            await interrupt.CancelAsync();
            await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        var run = await CliRun.OfAsync(output, appHost.Socket, interrupt.Token, "logs", "-f");

        run.ShouldBe(new CliRun(130, "site-8001 | first\nsite-8001 | second\n", ""));
    }

    [Theory]
    [InlineData("site-8001")]
    [InlineData("site")]
    public async Task Following_ends_quietly_when_the_AppHost_is_killed(string name)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var output = new WatchedOutput("last words\n");
        appHost.Answers["GET /v1/logs/site-8001?follow=true"] = async response =>
        {
            await response.WriteAsync("last words\n");
            await response.Body.FlushAsync();
            await output.Seen;
            response.HttpContext.Abort();
        };
        appHost.Answers["GET /v1/logs/site?follow=true"] = async response =>
        {
            await EventsAsync(response, ("site-8001", "last words"));
            await output.Seen;
            response.HttpContext.Abort();
        };

        var run = await CliRun.OfAsync(output, appHost.Socket, CancellationToken.None, "logs", "-f", name);

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBe("");
    }

    [Fact]
    public async Task Unknown_name_is_refused_with_the_AppHosts_words()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["GET /v1/logs/shop?follow=false"] = FakeAppHost.Json(
            404, """{"status":404,"title":"Not Found","detail":"There is no resource and no replica named 'shop'. Known: site."}""", "application/problem+json");

        (await appHost.RunAsync("logs", "shop")).ShouldBe(new CliRun(1, "", "There is no resource and no replica named 'shop'. Known: site.\n"));
    }

    private static async Task EventsAsync(HttpResponse response, params (string Name, string Text)[] lines)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream";
        }

        var text = new StringBuilder();
        foreach (var (name, line) in lines)
        {
            text.Append($"event: line\ndata: {{\"name\":\"{name}\",\"offset\":0,\"time\":\"2026-03-01T12:00:00+00:00\",\"text\":\"{line}\"}}\n\n");
        }

        await response.WriteAsync($":\n\n{text}");
        await response.Body.FlushAsync();
    }
}
