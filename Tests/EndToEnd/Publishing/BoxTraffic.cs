using System.Net;
using System.Text.RegularExpressions;

namespace EndToEnd.Publishing;

/// <summary>Readers, and a member who posts if that is wanted, through the gateway in a box, until it is told to stop. Any answer that is not the expected one is noted.</summary>
internal sealed partial class BoxTraffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _failures = [];
    private readonly Task _running;
    private int _read;
    private readonly bool _posts;
    private int _posted;

    public BoxTraffic(SystemdBox box, string gateway, bool posts = true)
    {
        _posts = posts;
        _running = Task.WhenAll(ReadAsync(box.Client(gateway)), ReadAsync(box.Client(gateway)), posts ? PostAsync(box.Client(gateway)) : Task.CompletedTask);
    }

    public async Task ShouldHaveLostNothingAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _failures.ShouldBeEmpty();
        _read.ShouldBeGreaterThan(50);
        if (_posts)
        {
            _posted.ShouldBeGreaterThan(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Signs up as a new member; the client has the cookie then.</summary>
    public static async Task SignUpAsync(HttpClient client, string name)
    {
        var page = await client.GetStringAsync(new Uri("/sign-up", UriKind.Relative));
        using var form = new FormUrlEncodedContent([new("Name", name), new("Password", "correct horse"), Hidden(page, "__RequestVerificationToken")]);
        using var answer = await client.PostAsync(new Uri("/sign-up", UriKind.Relative), form);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    private static KeyValuePair<string, string> Hidden(string page, string name)
        => new(name, WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{name}\"[^>]*value=\"(?<value>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["value"].Value));

    private async Task ReadAsync(HttpClient client)
    {
        await RepeatAsync(client, TimeSpan.FromMilliseconds(50), async () =>
        {
            using var answer = await client.GetAsync(new Uri("/whoami", UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            Interlocked.Increment(ref _read);
        });
    }

    private async Task PostAsync(HttpClient client)
    {
        const string name = "Traffic";
        await SignUpAsync(client, name);
        await RepeatAsync(client, TimeSpan.FromMilliseconds(150), async () =>
        {
            var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
            page.ShouldContain($"<span>{name}</span>", customMessage: "signed out");
            var post = page[page.IndexOf("id=\"post\"", StringComparison.Ordinal)..];
            using var form = new FormUrlEncodedContent([new("Text", $"message {_posted}"), Hidden(post, "Ticket"), Hidden(post, "__RequestVerificationToken")]);
            using var answer = await client.PostAsync(new Uri("/messages", UriKind.Relative), form);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            _posted++;
        });
    }

    private async Task RepeatAsync(HttpClient client, TimeSpan pause, Func<Task> once)
    {
        using (client)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await once();
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ShouldAssertException)
                {
                    lock (_failures)
                    {
                        _failures.Add(e.Message);
                    }
                }

                await Task.Delay(pause, TimeProvider.System);
            }
        }
    }
}
