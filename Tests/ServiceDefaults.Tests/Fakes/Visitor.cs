using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>A browser without scripts: keeps cookies by host, as browsers do, reads pages and fills in the form.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly CookieHandler _cookies;
    private readonly HttpClient _client;

    public Visitor(HttpMessageHandler? handler = null)
    {
        _cookies = new(handler ?? new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        _client = new(_cookies);
    }

    public HttpClient Client => _client;

    public string CookiesFor(Uri address) => _cookies.For(address);

    public async Task<IDocument> GetAsync(Uri address)
        => Parse(await _client.GetStringAsync(address, TestContext.Current.CancellationToken));

    /// <summary>Fills in the page's first form that is posted, and sends it.</summary>
    public Task<HttpResponseMessage> PostAsync(Uri site, IDocument page, params (string Name, string Value)[] values)
    {
        var form = page.QuerySelector("main form[method=post]") ?? throw new InvalidOperationException($"There is no form in this page:\n{page.DocumentElement.OuterHtml}");
        return PostAsync(site, form, values);
    }

    /// <summary>Fills in a form and sends it to that site, which need not be the one that made it.</summary>
    public Task<HttpResponseMessage> PostAsync(Uri site, IElement form, params (string Name, string Value)[] values)
        => _client.PostAsync(new Uri(site, form.GetAttribute("action")), Fields(form, values), TestContext.Current.CancellationToken);

    public static FormUrlEncodedContent Fields(IElement form, params (string Name, string Value)[] values)
        => new(form.QuerySelectorAll("input[type=hidden]").Select(hidden => KeyValuePair.Create(hidden.GetAttribute("name")!, hidden.GetAttribute("value")!))
            .Concat(values.Select(value => KeyValuePair.Create(value.Name, value.Value))));

    public static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    public void Dispose() => _client.Dispose();

    private sealed class CookieHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly CookieContainer _cookies = new();

        public string For(Uri address) => _cookies.GetCookieHeader(address);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (For(request.RequestUri!) is { Length: > 0 } cookies)
            {
                request.Headers.Add("Cookie", cookies);
            }

            var response = await base.SendAsync(request, cancellationToken);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
            {
                _cookies.SetCookies(request.RequestUri!, cookie);
            }

            return response;
        }
    }
}
