using System.Net;
using AngleSharp.Html.Parser;

namespace Stack.Dashboard.Tests.Web;

/// <summary>Opens a page and all that its links, forms and elements name, and so on; notes what is outside of a path or can't be had.</summary>
internal sealed class Crawl(HttpClient browser, Uri site, string path)
{
    // Views of one page differ by parameters only: each set of names is looked at once.
    private const int Most = 600;

    private readonly HashSet<string> _known = [];
    private readonly Queue<(Uri Address, string From)> _waiting = [];

    /// <summary>Paths that were answered.</summary>
    public HashSet<string> Seen { get; } = [];

    public List<string> Problems { get; } = [];

    public async Task SignInAsync(string token)
    {
        using var answer = await browser.GetAsync($"{path}/login?t={token}");
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        new Uri(site, answer.Headers.Location!).AbsolutePath.ShouldBe(path + "/");
    }

    public async Task RunAsync(string start)
    {
        Note(start, site, "the start");
        while (_waiting.TryDequeue(out var next) && _known.Count < Most)
        {
            await OpenAsync(next.Address, next.From);
        }
    }

    private async Task OpenAsync(Uri address, string from)
    {
        using var answer = await browser.GetAsync(address);
        if (answer.Headers.Location is { } target)
        {
            Note(target.OriginalString, address, $"{address.PathAndQuery} (redirect)");
        }
        else if (!answer.IsSuccessStatusCode)
        {
            Problems.Add($"{address.PathAndQuery} is answered with {(int)answer.StatusCode}; named by {from}");
        }

        Seen.Add(address.AbsolutePath);
        if (answer.Content.Headers.ContentType?.MediaType != "text/html")
        {
            return;
        }

        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        foreach (var element in page.QuerySelectorAll("[href], [src], [action], [formaction]"))
        {
            var name = element.Attributes.First(a => a.Name is "href" or "src" or "action" or "formaction").Value;
            var isPost = element.GetAttribute("method")?.Equals("post", StringComparison.OrdinalIgnoreCase) == true;
            Note(name, address, address.PathAndQuery, isOpened: !isPost);
        }
    }

    private void Note(string name, Uri page, string from, bool isOpened = true)
    {
        var address = new Uri(page, name);
        if (address.Scheme is not ("http" or "https") || address.Authority != site.Authority)
        {
            return;
        }

        if (!address.AbsolutePath.StartsWith(path + "/", StringComparison.Ordinal))
        {
            Problems.Add($"{name} is outside; named by {from}");
        }
        else if (isOpened && _known.Add(address.AbsolutePath + "?" + string.Join('&', Names(address).Order(StringComparer.Ordinal))))
        {
            _waiting.Enqueue((address, from));
        }
    }

    private static IEnumerable<string> Names(Uri address) =>
        address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]).Distinct();
}
