namespace EndToEnd;

/// <summary>A member who posts one message after another, each request on a connection of its own, and sends none twice.</summary>
internal sealed class SteadyPosts : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _taken = [];
    private readonly List<string> _failures = [];
    private readonly BoardMember _member;
    private readonly Task _posting;

    private SteadyPosts(BoardMember member)
    {
        _member = member;
        _posting = Task.Run(PostAsync);
    }

    /// <param name="connections">Makes his connections.</param>
    public static async Task<SteadyPosts> StartAsync(SocketsHttpHandler connections)
    {
        connections.PooledConnectionLifetime = TimeSpan.Zero;
        return new SteadyPosts(await BoardMember.SignUpAsync("Steady", connections));
    }

    /// <summary>Ends it, and checks that every message was taken, and is on the board once.</summary>
    public async Task ShouldBeOnTheBoardOnceAsync()
    {
        await _stop.CancelAsync();
        await _posting;
        _failures.ShouldBeEmpty();
        _taken.Count.ShouldBeGreaterThan(20);
        foreach (var text in _taken)
        {
            await _member.FindAsync(text, 1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _posting;
        _member.Dispose();
        _stop.Dispose();
    }

    private async Task PostAsync()
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            var text = $"steady {number:00000}";
            try
            {
                await _member.TakenAsync(await _member.FormAsync("/", "post"), ("Text", text));
                _taken.Add(text);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ShouldAssertException)
            {
                _failures.Add($"{text}: {e.Message}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
