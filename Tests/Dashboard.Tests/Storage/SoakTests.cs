using System.Globalization;
using System.Net;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>The dashboard over a long time at 500 log records a second, with old segments going as new ones come and one page that follows.</summary>
[Trait("kind", "slow")]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int RecordsPerSecond = 500;
    private const long Quota = 60_000_000;
    private static readonly string? Given = Environment.GetEnvironmentVariable("STACK_SOAK_MINUTES");
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(Given is null ? 30 : double.Parse(Given, CultureInfo.InvariantCulture));
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Memory_descriptors_and_disk_stay_where_they_are_at_500_records_a_second()
    {
        using var dashboard = await ChildDashboard.StartAsync(
            _folder.Path, settings: [("DASHBOARD__STORAGE__MAXBYTES", $"{Quota}"), ("DASHBOARD__STORAGE__SEGMENTBYTES", $"{Quota / 6}")]);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var following = FollowAsync(dashboard, ended.Token);
        List<Reading> readings = [];
        var sent = 0;
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var elapsed = 0; elapsed < Length.TotalSeconds; elapsed++)
        {
            await second.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await dashboard.SendAsync(Enumerable.Range(sent, RecordsPerSecond).Select(i => Messages.Log($"request {i} answered 200 in {i % 97} ms by a replica of the site, which is about as long as such a line is")));
            sent += RecordsPerSecond;
            if (elapsed % 10 == 9)
            {
                await dashboard.LogsAsync("limit=100&q=answered");
                readings.Add(Read(dashboard, sent));
            }
        }

        await ended.CancelAsync();
        await following;
        foreach (var reading in readings.Where((_, i) => i % Math.Max(1, readings.Count / 30) == 0).Append(readings[^1]))
        {
            output.WriteLine($"{reading.Sent,9} records: RSS {reading.Rss / 1e6:0} MB, {reading.Descriptors} descriptors, {reading.Bytes / 1e6:0.0} MB of data in {reading.Files} files");
        }

        // The first third fills the rings and compiles the code.
        var (before, after) = (readings[(readings.Count / 3)..(readings.Count * 2 / 3)], readings[(readings.Count * 2 / 3)..]);
        after.Max(r => r.Rss).ShouldBeLessThan(before.Max(r => r.Rss) * 115 / 100, "memory grows");
        after.Max(r => r.Rss).ShouldBeLessThan(200_000_000, "memory");
        after.Max(r => r.Descriptors).ShouldBeLessThanOrEqualTo(before.Max(r => r.Descriptors) + 4, "descriptors grow");
        readings.Max(r => r.Bytes).ShouldBeLessThan(Quota + (Quota / 4), "the quota is kept");
        (await dashboard.LogsAsync("limit=1")).GetProperty("data").GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords")[0].GetProperty("body").GetProperty("stringValue").GetString()
            .ShouldStartWith($"request {sent - 1} ");
    }

    private static async Task FollowAsync(ChildDashboard dashboard, CancellationToken cancellationToken)
    {
        try
        {
            // The browser closes and opens it again now and then.
            while (!cancellationToken.IsCancellationRequested)
            {
                using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
                using var response = await client.GetAsync(new Uri(dashboard.Frontend, "/live?topics=logs"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                using var while5Minutes = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                while5Minutes.CancelAfter(TimeSpan.FromMinutes(5));
                await stream.CopyToAsync(Stream.Null, while5Minutes.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private Reading Read(ChildDashboard dashboard, int sent)
    {
        var status = File.ReadLines($"/proc/{dashboard.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        var files = new DirectoryInfo(_folder.Path).GetFiles();
        return new Reading(
            sent, long.Parse(status.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024,
            Directory.GetFiles($"/proc/{dashboard.Id}/fd").Length, files.Where(f => f.Exists).Sum(Length), files.Length);

        // One of them may be deleted while it is looked at.
        static long Length(FileInfo file)
        {
            try
            {
                file.Refresh();
                return file.Exists ? file.Length : 0;
            }
            catch (FileNotFoundException)
            {
                return 0;
            }
        }
    }

    private sealed record Reading(int Sent, long Rss, int Descriptors, long Bytes, int Files);
}
