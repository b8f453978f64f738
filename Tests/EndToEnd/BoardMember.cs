using System.Net;
using System.Text.RegularExpressions;

namespace EndToEnd;

/// <summary>Somebody with a browser without scripts who uses the board through the gateway.</summary>
/// <param name="name">What he is called.</param>
/// <param name="connections">Makes his connections; null: the usual.</param>
internal sealed partial class BoardMember(string name, SocketsHttpHandler? connections = null) : IDisposable
{
    public static readonly Uri Gateway = new("http://localhost:8080");

    private const string Password = "correct horse";

    private readonly HttpClient _client = new(WithCookies(connections ?? new SocketsHttpHandler())) { BaseAddress = Gateway, Timeout = TimeSpan.FromSeconds(60) };

    public string Name => name;

    public static async Task<BoardMember> SignUpAsync(string name, SocketsHttpHandler? connections = null)
    {
        var member = new BoardMember(name, connections);
        await member.SignInAsync(await member.FormAsync("/sign-up", "member"));
        return member;
    }

    public Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The form with that id, as a page has it now.</summary>
    public async Task<BoardForm> FormAsync(string path, string id) => BoardForm.Of(await GetAsync(path), id);

    /// <summary>Sends a form, whenever it was fetched.</summary>
    public async Task<HttpStatusCode> SendAsync(BoardForm form, params (string Name, string Value)[] values)
    {
        using var content = new FormUrlEncodedContent(form.Hidden.Concat(values.Select(v => KeyValuePair.Create(v.Name, v.Value))));
        using var answer = await _client.PostAsync(new Uri(form.Action, UriKind.Relative), content);
        return answer.StatusCode;
    }

    /// <summary>Sends it, and checks that it was taken.</summary>
    public async Task TakenAsync(BoardForm form, params (string Name, string Value)[] values)
        => (await SendAsync(form, values)).ShouldBe(HttpStatusCode.Redirect, $"{form.Action} of '{name}'");

    /// <summary>Signs up or in with such a form.</summary>
    public async Task SignInAsync(BoardForm form)
    {
        await TakenAsync(form, ("Name", name), ("Password", Password));
        await IsSignedInAsync();
    }

    public async Task IsSignedInAsync() => (await GetAsync("/")).ShouldContain($"<span>{name}</span>", customMessage: "signed out");

    public async Task SignOutAsync(BoardForm form)
    {
        await TakenAsync(form);
        (await GetAsync("/")).ShouldNotContain($"<span>{name}</span>");
    }

    /// <summary>The page of messages that have the text in them; there are so many.</summary>
    public async Task<string> FindAsync(string text, int count)
    {
        var page = await GetAsync($"/?q={Uri.EscapeDataString(text)}");
        page.Split($"<p class=\"text\">{text}</p>").Length.ShouldBe(count + 1, $"'{text}' on the board");
        return page;
    }

    /// <summary>The page that changes or deletes the one message of his with that text.</summary>
    public async Task<string> EditPageOfAsync(string text) => EditAddress().Match(await FindAsync(text, 1)).Groups[1].Value;

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler WithCookies(SocketsHttpHandler connections)
    {
        connections.CookieContainer = new CookieContainer();
        connections.AllowAutoRedirect = false;
        return connections;
    }

    [GeneratedRegex("href=\"(/messages/[0-9]+/edit)\"")]
    private static partial Regex EditAddress();
}

/// <summary>A form as a browser keeps it while its page is open.</summary>
internal sealed partial record BoardForm(string Action, IReadOnlyList<KeyValuePair<string, string>> Hidden)
{
    public static BoardForm Of(string page, string id)
    {
        var form = page.Split("<form").Skip(1).Select(f => f.Split("</form>")[0]).FirstOrDefault(f => f.Contains($"id=\"{id}\"", StringComparison.Ordinal))
            ?? throw new ShouldAssertException($"There is no form '{id}' in this page: {page}");
        return new(
            WebUtility.HtmlDecode(Value(form, "action")),
            [.. HiddenInput().Matches(form).Select(i => KeyValuePair.Create(Value(i.Value, "name"), WebUtility.HtmlDecode(Value(i.Value, "value"))))]);
    }

    private static string Value(string tag, string attribute) => Regex.Match(tag, $"\\s{attribute}=\"([^\"]*)\"").Groups[1].Value;

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex HiddenInput();
}
