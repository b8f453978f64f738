namespace EndToEnd;

/// <summary>One of each of the board's forms, open in somebody's browser while the site goes over to other processes.</summary>
internal sealed class OpenForms : IDisposable
{
    private readonly string _run = $"{Guid.NewGuid():N}"[..8];
    private readonly List<BoardMember> _people = [];
    private readonly List<(BoardMember Member, BoardForm Form)> _forms = [];

    private OpenForms()
    {
    }

    private string Before => $"{_run} before";

    private string Deleted => $"{_run} to be deleted";

    /// <summary>Fetches them: to sign up, to sign in, to post, to change, to delete, to sign out.</summary>
    public static async Task<OpenForms> FetchAsync()
    {
        var open = new OpenForms();
        var comes = open.Add(new BoardMember($"N-{open._run}"));
        var returns = open.Add(await BoardMember.SignUpAsync($"R-{open._run}"));
        var stays = open.Add(await BoardMember.SignUpAsync($"S-{open._run}"));
        await returns.SignOutAsync(await returns.FormAsync("/", "sign-out"));
        await stays.TakenAsync(await stays.FormAsync("/", "post"), ("Text", open.Before));
        await stays.TakenAsync(await stays.FormAsync("/", "post"), ("Text", open.Deleted));
        var (edit, delete) = (await stays.EditPageOfAsync(open.Before), await stays.EditPageOfAsync(open.Deleted));
        foreach (var (member, path, id) in new[] { (comes, "/sign-up", "member"), (returns, "/sign-in", "member"), (stays, "/", "post"), (stays, edit, "edit"), (stays, delete, "delete"), (stays, "/", "sign-out") })
        {
            open._forms.Add((member, await member.FormAsync(path, id)));
        }

        return open;
    }

    /// <summary>Sends them now, and checks that each did what it is for, once.</summary>
    public async Task ShouldBeTakenAsync()
    {
        var ((comes, signUp), (returns, signIn), (stays, post), (_, edit), (_, delete), (_, signOut)) = (_forms[0], _forms[1], _forms[2], _forms[3], _forms[4], _forms[5]);
        await stays.IsSignedInAsync();
        await comes.SignInAsync(signUp);
        await returns.SignInAsync(signIn);
        await stays.TakenAsync(post, ("Text", $"{_run} posted"));
        await stays.TakenAsync(post, ("Text", $"{_run} posted")); // twice, as the impatient do
        await stays.FindAsync($"{_run} posted", 1);
        await stays.TakenAsync(edit, ("Text", $"{_run} after"));
        await stays.FindAsync($"{_run} after", 1);
        await stays.FindAsync(Before, 0);
        await stays.TakenAsync(delete);
        await stays.FindAsync(Deleted, 0);
        await stays.SignOutAsync(signOut);
    }

    public void Dispose() => _people.ForEach(member => member.Dispose());

    private BoardMember Add(BoardMember member)
    {
        _people.Add(member);
        return member;
    }
}
