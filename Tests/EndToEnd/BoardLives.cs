namespace EndToEnd;

/// <summary>Members who do all that can be done on the board, over and over, each step on whatever replica it lands: post, search, change, delete, sign out, sign in. It notes what went wrong.</summary>
internal sealed class BoardLives : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly string _run = $"{Guid.NewGuid():N}"[..8];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _failures = [];
    private readonly Task _living;
    private int _lives;

    public BoardLives(int members) => _living = Task.WhenAll(Enumerable.Range(0, members).Select(number => Task.Run(() => LiveAsync($"L{number}-{_run}"))));

    /// <summary>Ends it, and checks that every step went well.</summary>
    /// <returns>How many lives there were.</returns>
    public async Task<int> ShouldHaveGoneWellAsync()
    {
        await _stop.CancelAsync();
        await _living;
        _failures.ShouldBeEmpty();
        _lives.ShouldBeGreaterThan(1);
        return _lives;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _living;
        _stop.Dispose();
    }

    private async Task LiveAsync(string name)
    {
        for (var life = 0; !_stop.IsCancellationRequested; life++)
        {
            try
            {
                using var member = await BoardMember.SignUpAsync($"{name}-{life}");
                await LiveAsync(member);
                Interlocked.Increment(ref _lives);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ShouldAssertException)
            {
                lock (_failures)
                {
                    _failures.Add($"{name}-{life}: {e.Message}");
                }
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task LiveAsync(BoardMember member)
    {
        var (first, second) = ($"{member.Name} writes", $"{member.Name} has changed it");
        await member.TakenAsync(await member.FormAsync("/", "post"), ("Text", first));
        var edit = await member.EditPageOfAsync(first);
        await member.TakenAsync(await member.FormAsync(edit, "edit"), ("Text", second));
        await member.FindAsync(first, 0);
        (await member.FindAsync(second, 1)).ShouldContain(">edited</span>");
        await member.SignOutAsync(await member.FormAsync("/", "sign-out"));
        await member.SignInAsync(await member.FormAsync("/sign-in", "member"));
        await member.TakenAsync(await member.FormAsync(edit, "delete"));
        await member.FindAsync(second, 0);
    }
}
