using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using ServiceDefaults.Tests.Fakes;
using Testing;

namespace WebSite.Tests.Fakes;

/// <summary>Several real processes of the site on one database and one key ring, as an AppHost starts them.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private static int _started;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    private Replicas(string? connectionString, (string Name, string Value)[] variables)
    {
        Directory.CreateDirectory(_folder.File("keys"));
        _variables["STACK_KEYS"] = _folder.File("keys");
        _variables["OTEL_SERVICE_NAME"] = "site";
        _variables["ConnectionStrings__board"] = connectionString ?? $"Data Source={_folder.File("board.db")}";
        _variables["Board__MigrateAtStart"] = "false";
        foreach (var (name, value) in variables)
        {
            _variables[name] = value;
        }
    }

    public List<SiteProcess> All { get; } = [];

    public IReadOnlyList<Uri> Addresses => [.. All.Select(site => site.Address)];

    /// <summary>The folder of the key ring.</summary>
    public string Keys => _variables["STACK_KEYS"];

    public string ConnectionString => _variables["ConnectionStrings__board"];

    /// <summary>Prepares the database, then starts so many.</summary>
    public static async Task<Replicas> StartAsync(int count, string? connectionString = null, params (string Name, string Value)[] variables)
    {
        var replicas = new Replicas(connectionString, variables);
        try
        {
            await using (var migration = replicas.Launch("--migrate"))
            {
                (await migration.ExitAsync()).ShouldBe(0, migration.Output);
            }

            // The first one makes the keys, which the AppHost does before the first replica.
            await replicas.AddAsync();
            await Task.WhenAll(Enumerable.Range(1, count - 1).Select(_ => replicas.AddAsync()));
            return replicas;
        }
        catch
        {
            await replicas.DisposeAsync();
            throw;
        }
    }

    /// <summary>As it is before anything is done: without database and replicas.</summary>
    public static Replicas None(string? connectionString = null) => new(connectionString, []);

    public async Task<SiteProcess> AddAsync()
    {
        var number = Interlocked.Increment(ref _started);
        var site = await SiteProcess.StartAsync([.. Variables($"site-{number}")]);
        lock (All)
        {
            All.Add(site);
        }

        return site;
    }

    public SiteProcess Launch(params string[] arguments) => SiteProcess.Run(arguments, [.. Variables("site-0")]);

    public async ValueTask DisposeAsync()
    {
        foreach (var site in All)
        {
            await site.DisposeAsync();
        }

        _folder.Dispose();
    }

    private IEnumerable<(string, string)> Variables(string instance) => _variables.Append(new("STACK_INSTANCE", instance)).Select(v => (v.Key, v.Value));
}

/// <summary>Somebody with a browser whose every request lands on another replica.</summary>
internal sealed class Guest(IReadOnlyList<Uri> replicas) : IDisposable
{
    private readonly Visitor _visitor = new();
    private int _next;

    /// <summary>Where the next request goes.</summary>
    public Uri Next => replicas[Interlocked.Increment(ref _next) % replicas.Count];

    public async Task<IDocument> GetAsync(string path) => await _visitor.GetAsync(new Uri(Next, path));

    public Task<HttpResponseMessage> GetResponseAsync(string path) => _visitor.Client.GetAsync(new Uri(Next, path), TestContext.Current.CancellationToken);

    /// <summary>Gets a page, fills in the form that the selector finds, and sends it.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, string form, params (string Name, string Value)[] values) => await SendAsync(await GetAsync(path), form, values);

    public Task<HttpResponseMessage> SendAsync(IDocument page, string form, params (string Name, string Value)[] values)
        => _visitor.PostAsync(Next, page.QuerySelector(form) ?? throw new InvalidOperationException($"There is no '{form}' in this page:\n{page.Body!.InnerHtml}"), values);

    /// <summary>Does that too, and follows the redirect to the page that comes then.</summary>
    public async Task<IDocument> SendAndFollowAsync(string path, string form, params (string Name, string Value)[] values)
    {
        using var answer = await SendAsync(path, form, values);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await GetAsync(answer.Headers.Location!.OriginalString);
    }

    public Task<IDocument> SignUpAsync(string name) => SendAndFollowAsync("/sign-up", "#member", ("Name", name), ("Password", "correct horse"));

    public Task<IDocument> PostAsync(string text) => SendAndFollowAsync("/", "#post", ("Text", text));

    public void Dispose() => _visitor.Dispose();
}

/// <summary>What tests look for in the board's pages.</summary>
internal static class Pages
{
    public static IReadOnlyList<string> Texts(this IDocument page) => [.. page.QuerySelectorAll("#messages .text").Select(text => text.TextContent)];

    public static IReadOnlyList<string> Complaints(this IDocument page) => [.. page.QuerySelectorAll(".error").Select(error => error.TextContent.Trim()).Where(text => text.Length > 0)];

    public static async Task<IDocument> PageAsync(this HttpResponseMessage answer)
        => new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
