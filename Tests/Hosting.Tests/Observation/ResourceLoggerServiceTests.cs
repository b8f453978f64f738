using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Testing;

namespace Hosting.Tests.Observation;

public sealed partial class ResourceLoggerServiceTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ResourceLoggerService _logs = new();
    private readonly ExecutableResource _site = Models.Empty().AddExecutable("site", "/bin/true", "/").Resource;

    public ResourceLoggerServiceTests() => _site.Annotations.Add(new ReplicaNamesAnnotation(["site-8001", "site-8002"]));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_line_begins_with_its_time_in_UTC()
    {
        Write(_logs.GetLogger("db"), "hello");

        var line = (await AllAsync("db")).Single();
        line.LineNumber.ShouldBe(1);
        line.IsErrorMessage.ShouldBeFalse();
        Stamped().IsMatch(line.Content).ShouldBeTrue(line.Content);
    }

    [Fact]
    public async Task Errors_are_marked_and_carry_their_exception()
    {
        _logs.GetLogger("db").Log(LogLevel.Error, default, "broken", new InvalidOperationException("why"), (s, _) => s);

        var line = (await AllAsync("db")).Single();
        line.IsErrorMessage.ShouldBeTrue();
        line.Content.ShouldContain($"broken{Environment.NewLine}System.InvalidOperationException: why");
    }

    [Fact]
    public async Task The_logger_of_a_resource_writes_into_the_log_of_each_replica()
    {
        Write(_logs.GetLogger(_site), "both");
        Write(_logs.GetLogger("site-8002"), "second");

        Texts(await AllAsync("site-8001")).ShouldBe(["both"]);
        Texts(await AllAsync("site-8002")).ShouldBe(["both", "second"]);
        Texts(await AllAsync(_logs.GetAllAsync(_site))).ShouldBe(["both", "both", "second"]);
    }

    [Fact]
    public async Task A_watcher_gets_the_backlog_and_then_what_comes_and_ends_with_the_log()
    {
        Write(_logs.GetLogger("db"), "before");
        List<LogLine> seen = [];
        var one = new TaskCompletionSource();
        var watching = Task.Run(
            async () =>
            {
                await foreach (var batch in _logs.WatchAsync("db").WithCancellation(Cancelled))
                {
                    seen.AddRange(batch);
                    one.TrySetResult();
                }
            },
            Cancelled);
        await one.Task.Within();

        Write(_logs.GetLogger("db"), "after");
        _logs.Complete("db");
        await watching.Within();

        Texts(seen).ShouldBe(["before", "after"]);
        seen.Select(l => l.LineNumber).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_watcher_of_a_resource_gets_what_replicas_write_that_come_later()
    {
        var third = Path.Combine(_temp.Path, "third.log");
        await File.WriteAllTextAsync(third, "third is here\n", Cancelled);
        _logs.Attach("site-8001", Path.Combine(_temp.Path, "first.log"));
        Write(_logs.GetLogger(_site), "before");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var seen = new List<string>();
        var watching = Task.Run(
            async () =>
            {
                await foreach (var batch in _logs.WatchAsync(_site).WithCancellation(stop.Token))
                {
                    lock (seen)
                    {
                        seen.AddRange(batch.Select(l => l.Content));
                    }
                }
            },
            Cancelled);

        _logs.Attach("site-8003", third);
        _site.Annotations.Add(new ReplicaNamesAnnotation(["site-8001", "site-8003"]));
        await Wait.Until(() => Seen().Any(l => l.EndsWith("third is here", StringComparison.Ordinal)), () => string.Join(" | ", Seen()));
        _logs.Forget("site-8003");
        Write(_logs.GetLogger("site-8001"), "goes on");
        await Wait.Until(() => Seen().Any(l => l.EndsWith("goes on", StringComparison.Ordinal)), () => string.Join(" | ", Seen()));

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => watching.Within());

        List<string> Seen()
        {
            lock (seen)
            {
                return [.. seen];
            }
        }
    }

    [Fact]
    public async Task What_a_process_writes_to_its_file_is_part_of_the_log()
    {
        var file = Path.Combine(_temp.Path, "site-8001.log");
        _logs.Attach("site-8001", file);
        Write(_logs.GetLogger("site-8001"), "from the AppHost");
        List<LogLine> seen = [];
        var three = new TaskCompletionSource();
        var watching = Task.Run(
            async () =>
            {
                await foreach (var batch in _logs.WatchAsync(_site).WithCancellation(Cancelled))
                {
                    seen.AddRange(batch);
                    if (seen.Count == 3)
                    {
                        three.SetResult();
                    }
                }
            },
            Cancelled);

        await File.WriteAllTextAsync(file, "one\ntwo\n", Cancelled);
        await three.Task.Within();
        await File.AppendAllTextAsync(file, "no end", Cancelled);
        _logs.Complete(_site);
        await watching.Within();

        Texts(seen).ShouldBe(["from the AppHost", "one", "two", "no end"]);
        Texts(await AllAsync("site-8001")).ShouldBe(["from the AppHost", "one", "two", "no end"]);
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_holds_up_nobody()
    {
        await using var slow = _logs.WatchAsync("db").GetAsyncEnumerator(Cancelled);
        Write(_logs.GetLogger("db"), "first");
        (await slow.MoveNextAsync()).ShouldBeTrue();

        for (var i = 0; i < 20_000; i++)
        {
            Write(_logs.GetLogger("db"), $"{i}");
        }

        _logs.Complete("db");
        var all = await AllAsync("db");
        all.Count.ShouldBe(10_000);
        Texts(all)[^1].ShouldBe("19999");
        (await slow.MoveNextAsync()).ShouldBeTrue();
        Texts(slow.Current)[..2].ShouldBe(["[10000 lines of the AppHost are missing here]", "10000"]);
    }

    [Fact]
    public async Task A_cleared_backlog_is_gone_for_those_who_come_later()
    {
        Write(_logs.GetLogger("db"), "old");

        _logs.ClearBacklog("db");
        Write(_logs.GetLogger("db"), "new");

        Texts(await AllAsync("db")).ShouldBe(["new"]);
    }

    [Fact]
    public async Task Who_watches_is_told_from_the_first_to_the_last()
    {
        await using var changes = _logs.WatchAnySubscribersAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        var first = changes.MoveNextAsync();

        var watch = _logs.WatchAsync("db").GetAsyncEnumerator(Cancelled);
        Write(_logs.GetLogger("db"), "x");
        await watch.MoveNextAsync();
        (await first.AsTask().Within()).ShouldBeTrue();
        changes.Current.ShouldBe(new LogSubscriber("db", true));
        await watch.DisposeAsync();

        (await changes.MoveNextAsync().AsTask().Within()).ShouldBeTrue();
        changes.Current.ShouldBe(new LogSubscriber("db", false));
    }

    private static void Write(ILogger logger, string text) => logger.Log(LogLevel.Information, default, text, null, (s, _) => s);

    private static List<string> Texts(IEnumerable<LogLine> lines) => [.. lines.Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..])];

    private Task<List<LogLine>> AllAsync(string name) => AllAsync(_logs.GetAllAsync(name));

    private static async Task<List<LogLine>> AllAsync(IAsyncEnumerable<IReadOnlyList<LogLine>> batches)
    {
        List<LogLine> all = [];
        await foreach (var batch in batches)
        {
            all.AddRange(batch);
        }

        return all;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z hello$", RegexOptions.None, 1000)]
    private static partial Regex Stamped();
}
