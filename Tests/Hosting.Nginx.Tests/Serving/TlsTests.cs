using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(1, SslProtocols.Tls12)]
    [InlineData(2, SslProtocols.Tls13)]
    public async Task A_client_is_served_encrypted_and_the_site_is_told_so(int version, SslProtocols protocol)
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);
        using HttpClient client = new(new SocketsHttpHandler { SslOptions = { EnabledSslProtocols = protocol, RemoteCertificateValidationCallback = TestCertificate.Accept } })
        {
            BaseAddress = nginx.Client.BaseAddress,
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.GetAsync("/headers", TestContext.Current.CancellationToken);
        var headers = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(TestContext.Current.CancellationToken))!;

        response.Version.ShouldBe(client.DefaultRequestVersion);
        headers["X-Forwarded-Proto"].ShouldBe("https");
        headers["Host"].ShouldBe($"127.0.0.1:{nginx.Port}");
        headers["X-Forwarded-Host"].ShouldBe($"127.0.0.1:{nginx.Port}");
    }

    [Fact]
    public async Task Older_protocols_and_plain_requests_get_nothing()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using HttpClient plain = new();

#pragma warning disable SYSLIB0039, CA5397 // that they are refused is what is tested
        await Should.ThrowAsync<Exception>(() => HandshakeAsync(nginx.Port, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
        (await plain.GetAsync($"http://127.0.0.1:{nginx.Port}/", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Plain_requests_of_the_other_port_are_sent_over_with_method_and_query()
    {
        await using var sites = await Sites.StartAsync(1);
        var port = RunningNginx.FreePort();
        await using var nginx = await StartAsync(sites, port);
        using HttpClient plain = new(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var response = await plain.PostAsync($"http://localhost:{port}/echo?a=%2Fb&c", new StringContent("x"), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.PermanentRedirect);
        response.Headers.Location.ShouldBe(new Uri($"https://localhost:{nginx.Port}/echo?a=%2Fb&c"));
    }

    [Fact]
    public async Task Browsers_are_told_of_strict_transport_only_when_that_is_asked_for_and_cookies_are_secure()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var without = await StartAsync(sites);
        await using var with = await StartAsync(sites, hsts: TimeSpan.FromDays(1), sticky: "route");

        using var silent = await without.Client.GetAsync("/", TestContext.Current.CancellationToken);
        using var told = await with.Client.GetAsync("/", TestContext.Current.CancellationToken);

        silent.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        told.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=86400"]);
        told.Headers.GetValues("Set-Cookie").Single().ShouldEndWith("; Secure");
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_over_by_a_reload()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        var before = await HandshakeAsync(nginx.Port, SslProtocols.None);

        TestCertificate.Create(_temp);
        nginx.SignalLeader(1);

        var start = TimeProvider.System.GetTimestamp();
        while (await HandshakeAsync(nginx.Port, SslProtocols.None) == before)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), "the new certificate is served");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_key_stays_where_it_is()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        var key = File.ReadAllText(Path.Combine(_temp.Path, "tls.key"));

        var copies = Directory.EnumerateFiles(nginx.Request.Folder, "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(key, StringComparison.Ordinal));

        copies.ShouldBeEmpty();
    }

    private Task<RunningNginx> StartAsync(Sites sites, int? redirect = null, TimeSpan? hsts = null, string? sticky = null)
    {
        var (certificate, key) = TestCertificate.Create(_temp);
        return RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, change: request => request with { Options = new() { Tls = new TlsPlan(certificate, key, redirect, hsts), StickyCookie = sticky } });
    }

    private static async Task<string> HandshakeAsync(int port, SslProtocols protocol)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using SslStream tls = new(client.GetStream(), leaveInnerStreamOpen: false, TestCertificate.Accept);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol }, TestContext.Current.CancellationToken);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }
}
