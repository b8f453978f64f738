using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Stack.Dashboard.Tests.Web.Security;

/// <summary>What holds for every route there is, so that a new one cannot forget it.</summary>
public sealed partial class RouteSecurityTests
{
    // Who is not signed in gets these: the way in, and what a supervisor asks.
    private static readonly string[] Open = ["/login", "/health"];

    private static readonly string[] Policy =
        ["default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"];

    [Fact]
    public async Task Every_page_and_stream_asks_for_a_sign_in_or_a_key()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        var routes = Routes(dashboard, "GET");
        List<string> wrong = [];

        foreach (var path in routes.Except(Open))
        {
            using var answer = await GetAsync(dashboard, path);
            var isLedToLogin = answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/login?returnUrl=", StringComparison.Ordinal);
            if (!isLedToLogin && answer.StatusCode != HttpStatusCode.Unauthorized)
            {
                wrong.Add($"GET {path}: {(int)answer.StatusCode}");
            }
        }

        wrong.ShouldBeEmpty();
        routes.Count.ShouldBeGreaterThan(15);
        foreach (var path in Open)
        {
            using var answer = await GetAsync(dashboard, path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task Every_change_is_refused_without_the_token_of_its_form()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        (await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();
        var routes = Routes(dashboard, "POST");
        List<string> wrong = [];

        foreach (var path in routes)
        {
            foreach (var form in new[] { "", "__RequestVerificationToken=forged" })
            {
                using var content = new StringContent(form, null, "application/x-www-form-urlencoded");
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
                request.Headers.Add("Origin", "https://evil.example");
                using var answer = await dashboard.Browser.SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.BadRequest)
                {
                    wrong.Add($"POST {path} with '{form}': {(int)answer.StatusCode}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        routes.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Nothing_is_changed_by_other_methods_than_post()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        Endpoints(dashboard).SelectMany(MethodsOf).Distinct().ShouldBeSubsetOf(["GET", "HEAD", "POST"]);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers_and_no_dynamic_one_is_compressed()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        (await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();
        dashboard.Browser.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");
        await dashboard.SendLogsAsync([.. Enumerable.Range(0, 50).Select(i => new SentLog($"{i} {new string('x', 1000)}"))]);
        List<string> wrong = [];

        foreach (var path in Routes(dashboard, "GET"))
        {
            using var answer = await GetAsync(dashboard, path);
            var headers = answer.Headers.ToDictionary(header => header.Key, header => header.Value);
            if (!headers.GetValueOrDefault("Content-Security-Policy", []).SequenceEqual(Policy)
                || !headers.GetValueOrDefault("X-Content-Type-Options", []).SequenceEqual(["nosniff"])
                || !headers.GetValueOrDefault("Referrer-Policy", []).SequenceEqual(["same-origin"])
                || !headers.GetValueOrDefault("X-Frame-Options", []).SequenceEqual(["DENY"])
                || headers.ContainsKey("Server") || answer.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity")
                || answer.StatusCode == HttpStatusCode.InternalServerError)
            {
                wrong.Add($"{path}: {(int)answer.StatusCode} {string.Join(", ", headers.Keys)} {string.Join(',', answer.Content.Headers.ContentEncoding)}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static Task<HttpResponseMessage> GetAsync(TestDashboard dashboard, string path) =>
        dashboard.Browser.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

    // Files of wwwroot are for everybody: they are the same for all and hold no data.
    private static IEnumerable<RouteEndpoint> Endpoints(TestDashboard dashboard) =>
        dashboard.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.All(item => item.GetType().Name != "StaticAssetDescriptor"));

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    private static List<string> Routes(TestDashboard dashboard, string method) =>
    [
        .. Endpoints(dashboard).Where(endpoint => MethodsOf(endpoint).Contains(method))
            .Select(endpoint => "/" + Parameters().Replace(endpoint.RoutePattern.RawText!, "1").TrimStart('/'))
            .Distinct(),
    ];

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Parameters();
}
