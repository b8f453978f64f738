using System.Net;
using Testing;
using WebSite.Data;
using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>Everything that people do on the board, with every request on another replica than the one before.</summary>
public abstract class JourneyTests
{
    private protected abstract IReadOnlyList<Uri> Addresses { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_up_out_and_in_again_lasts_on_every_replica()
    {
        var name = Unique("Ada");
        using var guest = new Guest(Addresses);

        (await guest.SignUpAsync(name)).QuerySelector(".who span")!.TextContent.ShouldBe(name);
        for (var i = 0; i < Addresses.Count; i++)
        {
            (await guest.GetAsync("/")).QuerySelector(".who span")!.TextContent.ShouldBe(name);
        }

        (await guest.SendAndFollowAsync("/", "#sign-out")).QuerySelector(".who span").ShouldBeNull();
        (await guest.SendAndFollowAsync("/sign-in", "#member", ("Name", name.ToUpperInvariant()), ("Password", "correct horse"))).QuerySelector(".who span")!.TextContent.ShouldBe(name);
    }

    [Fact]
    public async Task Names_and_passwords_that_are_not_right_are_refused_with_the_reason()
    {
        var name = Unique("Bob");
        using var first = new Guest(Addresses);
        using var second = new Guest(Addresses);
        await first.SignUpAsync(name);

        await RefusedAsync(second, "/sign-up", name.ToLowerInvariant(), "another one", "That name is taken. Please choose another one, or sign in.");
        await RefusedAsync(second, "/sign-up", " ", "long enough", "Please tell us your name.");
        await RefusedAsync(second, "/sign-up", Unique("Eve"), "short", "Please use a password of 8 to 200 characters.");
        await RefusedAsync(second, "/sign-in", name, "not the one", "Name or password is not right.");
        await RefusedAsync(second, "/sign-in", Unique("Nobody"), "correct horse", "Name or password is not right.");
    }

    [Fact]
    public async Task Passwords_are_not_guessed_however_many_replicas_are_asked_and_who_is_signed_in_goes_on()
    {
        var (name, nobody) = (Unique("Hal"), Unique("Nobody"));
        using var member = new Guest(Addresses);
        using var thief = new Guest(Addresses);
        await member.SignUpAsync(name);
        var page = await thief.GetAsync("/sign-in");
        var start = TimeProvider.System.GetTimestamp();

        foreach (var tried in new[] { name, nobody })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => thief.SendAsync(page, "#member", ("Name", tried), ("Password", $"guess number {i}"))));

            var looked = answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity);
            var paused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
            (looked + paused.Count).ShouldBe(answers.Length);
            looked.ShouldBeInRange(GuessLimit.FreeTries, TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10) ? GuessLimit.FreeTries : GuessLimit.FreeTries + 2);
            foreach (var answer in paused)
            {
                answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 20);
                (await answer.PageAsync()).Complaints().Single().ShouldMatch("^That was not right too often. Please wait [0-9]+ seconds, then try again.$");
            }
        }

        (await member.PostAsync(Unique("still here"))).QuerySelector(".who span")!.TextContent.ShouldBe(name);
    }

    [Fact]
    public async Task A_message_is_posted_shown_found_changed_and_deleted()
    {
        var word = Unique("Žebra");
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Cat"));

        (await guest.PostAsync($"A {word} <b>runs</b>")).Texts().ShouldContain($"A {word} <b>runs</b>");
        (await guest.GetAsync($"/?q={Uri.EscapeDataString(word.ToUpperInvariant())}")).Texts().ShouldBe([$"A {word} <b>runs</b>"]);
        (await guest.GetAsync($"/?q={Uri.EscapeDataString($"%{word}")}")).Texts().ShouldBeEmpty();

        var edit = (await guest.GetAsync($"/?q={Uri.EscapeDataString(word)}")).QuerySelector("#messages a")!.GetAttribute("href")!;
        await guest.SendAndFollowAsync(edit, "#edit", ("Text", $"The {word} sleeps"));
        var changed = await guest.GetAsync($"/?q={Uri.EscapeDataString(word)}");
        changed.Texts().ShouldBe([$"The {word} sleeps"]);
        changed.QuerySelector("#messages .by")!.TextContent.ShouldContain("edited");

        await guest.SendAndFollowAsync(edit, "#delete");
        (await guest.GetAsync($"/?q={Uri.EscapeDataString(word)}")).Texts().ShouldBeEmpty();
        using var gone = await guest.GetResponseAsync(edit);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_somebody_elses_can_be_neither_changed_nor_deleted()
    {
        var word = Unique("mine");
        using var owner = new Guest(Addresses);
        using var other = new Guest(Addresses);
        await owner.SignUpAsync(Unique("Dan"));
        await other.SignUpAsync(Unique("Eve"));
        await owner.PostAsync(word);
        await other.PostAsync(Unique("other"));
        var edit = (await owner.GetAsync($"/?q={word}")).QuerySelector("#messages a")!.GetAttribute("href")!;
        var form = (await owner.GetAsync(edit)).QuerySelector("#delete")!;

        using var look = await other.GetResponseAsync(edit);
        var page = await other.GetAsync("/");
        var own = await other.GetAsync(page.QuerySelector("#messages a")!.GetAttribute("href")!);
        own.QuerySelector("#delete")!.SetAttribute("action", form.GetAttribute("action")!);
        own.QuerySelector("#edit")!.SetAttribute("action", edit);
        using var delete = await other.SendAsync(own, "#delete");
        using var change = await other.SendAsync(own, "#edit", ("Text", "taken over"));

        look.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        change.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.GetAsync($"/?q={word}")).Texts().ShouldBe([word]);
    }

    [Fact]
    public async Task The_same_form_sent_again_is_one_message_and_another_text_is_another()
    {
        var word = Unique("twice");
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Fay"));
        var page = await guest.GetAsync("/");

        // At the same moment too, to different replicas: impatience, or a gateway that tries again.
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => guest.SendAsync(page, "#post", ("Text", word))));
        using var other = await guest.SendAsync(page, "#post", ("Text", $"{word} other"));

        answers.Append(other).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Redirect);
        (await guest.GetAsync($"/?q={word}")).Texts().ShouldBe([$"{word} other", word]);
    }

    [Fact]
    public async Task A_form_that_is_empty_too_long_unsigned_or_from_nowhere_is_refused()
    {
        using var guest = new Guest(Addresses);
        using var stranger = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Gus"));
        var page = await guest.GetAsync("/");

        using var empty = await guest.SendAsync(page, "#post", ("Text", "  "));
        using var tooLong = await guest.SendAsync(page, "#post", ("Text", new string('x', 2001)));
        using var foreign = await stranger.SendAsync(page, "#post", ("Text", "not mine"));
        page.QuerySelector("#post [name=__RequestVerificationToken]")!.Remove();
        using var forged = await guest.SendAsync(page, "#post", ("Text", "forged"));

        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await empty.PageAsync()).Complaints().ShouldBe(["Please write a message."]);
        (await tooLong.PageAsync()).Complaints().ShouldBe(["Please keep the message within 2000 characters."]);
        (await tooLong.PageAsync()).QuerySelector("#Text")!.TextContent.Trim().Length.ShouldBe(2001);
        foreign.StatusCode.ShouldBeOneOf(HttpStatusCode.Redirect, HttpStatusCode.BadRequest);
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task All_pages_together_have_every_message_once()
    {
        var word = Unique("page");
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Hal"));
        for (var i = 0; i < 45; i++)
        {
            await guest.PostAsync($"{word} {i}");
        }

        List<string> texts = [];
        for (var path = $"/?q={word}"; path is not null;)
        {
            var page = await guest.GetAsync(path);
            page.Texts().Count.ShouldBeLessThanOrEqualTo(20);
            texts.AddRange(page.Texts());
            path = page.QuerySelector("a[rel=next]")?.GetAttribute("href");
        }

        texts.ShouldBe(Enumerable.Range(0, 45).Reverse().Select(i => $"{word} {i}"));
    }

    [Fact]
    public async Task Readers_on_all_replicas_see_each_message_once_and_soon()
    {
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Ida"));
        var start = long.Parse((await guest.PostAsync(Unique("start"))).QuerySelector("#messages")!.GetAttribute("data-cursor")!);
        List<LiveReader> readers = [.. Addresses.SelectMany(address => new[] { new LiveReader(address, events: true, start), new LiveReader(address, events: false, start) })];
        readers.Add(new LiveReader(connection => Addresses[connection % Addresses.Count], events: false, start));
        await Task.WhenAll(readers.Select(reader => reader.ConnectedAsync()));

        List<string> texts = [];
        for (var i = 0; i < 12; i++)
        {
            texts.Add(Unique($"live {i}"));
            await guest.PostAsync(texts[^1]);
        }

        foreach (var reader in readers)
        {
            await Wait.Until(() => texts.All(text => reader.Seen.Any(m => m.Text == text)), () => $"{reader.Seen.Count} messages");
            reader.Seen.Select(m => m.Id).ShouldBe(reader.Seen.Select(m => m.Id).Distinct().Order());
            reader.Seen.Count(m => texts.Contains(m.Text)).ShouldBe(texts.Count);
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Changes_and_deletions_reach_open_pages_on_all_replicas_and_readers_who_come_late()
    {
        var word = Unique("live");
        using var guest = new Guest(Addresses);
        await guest.SignUpAsync(Unique("Kay"));
        await guest.PostAsync($"{word} stays");
        await guest.PostAsync($"{word} goes");
        var list = (await guest.GetAsync("/")).QuerySelector("#messages")!;
        var (cursor, change) = (long.Parse(list.GetAttribute("data-cursor")!), long.Parse(list.GetAttribute("data-change")!));
        var (stays, goes) = (await EditPageAsync($"{word} stays"), await EditPageAsync($"{word} goes"));
        List<LiveReader> readers = [.. Addresses.SelectMany(address => new[] { new LiveReader(address, events: true, cursor, change), new LiveReader(address, events: false, cursor, change) })];
        readers.Add(new LiveReader(connection => Addresses[connection % Addresses.Count], events: false, cursor, change));
        await using var unaware = new LiveReader(Addresses[0], events: true, cursor); // as an older page's script
        await Task.WhenAll(readers.Append(unaware).Select(reader => reader.ConnectedAsync()));

        await guest.SendAndFollowAsync(stays, "#edit", ("Text", $"{word} has changed"));
        await SeeAsync(IdOf(stays), $"{word} has changed");
        await guest.SendAndFollowAsync(goes, "#delete");
        await SeeAsync(IdOf(goes), null);
        await guest.SendAndFollowAsync(stays, "#edit", ("Text", $"{word} has changed again"));
        readers.AddRange([new(Addresses[^1], events: true, cursor, change), new(Addresses[^1], events: false, cursor, change)]);
        await SeeAsync(IdOf(stays), $"{word} has changed again");

        var gone = IdOf(goes);
        readers.ShouldAllBe(reader => reader.Changed.GetValueOrDefault(gone, "is there") == null);
        unaware.Changed.ShouldBeEmpty();
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        async Task<string> EditPageAsync(string text) => (await guest.GetAsync($"/?q={Uri.EscapeDataString(text)}")).QuerySelector("#messages a")!.GetAttribute("href")!;

        async Task SeeAsync(long id, string? text)
        {
            var start = TimeProvider.System.GetTimestamp();
            await Wait.Until(() => readers.All(r => r.Changed.TryGetValue(id, out var now) && now == text), () => string.Join("; ", readers.Select(r => r.Changed.GetValueOrDefault(id, "nothing yet"))));
            TestContext.Current.TestOutputHelper?.WriteLine($"{readers.Count} readers had it after {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");
        }

        static long IdOf(string path) => long.Parse(path.Split('/')[2]);
    }

    [Fact]
    public async Task Many_who_post_at_once_lose_and_double_nothing_and_no_reader_misses_any()
    {
        const int Writers = 4;
        const int Each = 15;
        using var first = new Guest(Addresses);
        await first.SignUpAsync(Unique("Jan"));
        var start = long.Parse((await first.PostAsync(Unique("start"))).QuerySelector("#messages")!.GetAttribute("data-cursor")!);
        await using var events = new LiveReader(Addresses[0], events: true, start);
        await using var polls = new LiveReader(connection => Addresses[connection % Addresses.Count], events: false, start);
        var word = Unique("rush");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            using var guest = new Guest(Addresses);
            await guest.SignUpAsync(Unique($"W{writer}"));
            for (var i = 0; i < Each; i++)
            {
                await guest.PostAsync($"{word} {writer}-{i}");
            }
        }));

        var expected = Enumerable.Range(0, Writers).SelectMany(w => Enumerable.Range(0, Each).Select(i => $"{word} {w}-{i}")).Order(StringComparer.Ordinal).ToList();
        foreach (var reader in new[] { events, polls })
        {
            await Wait.Until(() => reader.Seen.Count(m => m.Text.StartsWith(word, StringComparison.Ordinal)) >= expected.Count, () => $"{reader.Seen.Count}");
            reader.Seen.Select(m => m.Id).ShouldBe(reader.Seen.Select(m => m.Id).Distinct().Order());
            reader.Seen.Where(m => m.Text.StartsWith(word, StringComparison.Ordinal)).Select(m => m.Text).Order(StringComparer.Ordinal).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task One_replica_leads_and_every_page_says_which()
    {
        using var guest = new Guest(Addresses);
        HashSet<string> leaders = [];
        await Wait.UntilAsync(async () => (await LeadersAsync()).Count == 1, () => string.Join(", ", leaders));

        leaders.Single().ShouldStartWith("site-");

        async Task<HashSet<string>> LeadersAsync()
        {
            leaders = [];
            for (var i = 0; i < Addresses.Count; i++)
            {
                leaders.Add((await guest.GetAsync("/")).QuerySelector("#leader")!.TextContent);
            }

            return leaders;
        }
    }

    private static string Unique(string text) => $"{text}-{Guid.NewGuid():N}"[..Math.Min(text.Length + 13, 39)];

    private static async Task RefusedAsync(Guest guest, string path, string name, string password, string complaint)
    {
        using var answer = await guest.SendAsync(path, "#member", ("Name", name), ("Password", password));
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = await answer.PageAsync();
        page.Complaints().ShouldBe([complaint]);
        page.QuerySelector("#Name")!.GetAttribute("value").ShouldBe(name);
    }
}
