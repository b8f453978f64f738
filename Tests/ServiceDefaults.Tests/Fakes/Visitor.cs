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

    public Task<HttpResponseMessage> PostAsync(Uri site, IDocument page, string name, string message)
    {
        var form = page.QuerySelector("form") ?? throw new InvalidOperationException($"There is no form in this page:\n{page.DocumentElement.OuterHtml}");
        return _client.PostAsync(new Uri(site, form.GetAttribute("action")), Fields(form, name, message), TestContext.Current.CancellationToken);
    }

    public static FormUrlEncodedContent Fields(IElement form, string name, string message) => new(new Dictionary<string, string>
    {
        ["Name"] = name,
        ["Message"] = message,
        ["__RequestVerificationToken"] = form.QuerySelector("[name=__RequestVerificationToken]")!.GetAttribute("value")!,
    });

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
