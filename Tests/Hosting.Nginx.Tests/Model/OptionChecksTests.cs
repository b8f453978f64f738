using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Writing;

namespace Stack.Hosting.Nginx.Tests.Model;

public sealed class OptionChecksTests
{
    /// <summary>What ends a directive, begins a variable, or is no text at all.</summary>
    public static TheoryData<string> Attacks =>
        ["x; return 200", "x { } server { listen 1; }", "$host", "x\nreturn 200;", "x\r\nX: y", "x\0", "\"x", "x'", "x\\", "x y", "#x", "x}"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void No_text_of_an_option_can_carry_a_directive_into_the_configuration(string attack)
    {
        var plan = Plans.Default();
        RoutePlan[] routes = [new("/", "site")];

        Refused(plan with { Hosts = [new(null, routes), new(attack, routes)] });
        Refused(plan with { Hosts = [new(null, routes), new("a.example", routes) { Aliases = [attack] }] });
        Refused(plan with { Hosts = [new(null, [new($"/{attack}", "site")])] });
        Refused(plan with { Options = new() { StickyCookie = attack } });
        Refused(plan with { Options = new() { TrustedProxies = [attack] } });
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void The_path_of_a_certificate_is_taken_literally_or_refused(string attack)
    {
        var plan = Plans.Default() with { Options = new() { Tls = new TlsPlan($"/etc/{attack}.crt", $"/etc/{attack}.key", null, null) } };
        if (attack.Contains('$', StringComparison.Ordinal) || attack.Any(char.IsControl))
        {
            Refused(plan);
            return;
        }

        NginxConfigWriter.Write(NginxConfigBuilder.Build(plan))[NginxNames.TlsFile]
            .ShouldContain($"ssl_certificate {NginxText.Word($"/etc/{attack}.crt")};\n");
    }

    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once_and_names_its_call()
    {
        var plan = Plans.Default() with
        {
            Hosts =
            [
                new(null, [new("api", "site"), new("/", "site") { StripPrefix = true }, new("/slow", "site") { Timeout = TimeSpan.Zero }]),
                new("a.example:80", [new("/", "site")]),
                new("b.example", [new("/", "site")]) { Aliases = ["B.example"] },
            ],
            Options = new()
            {
                Limits = new LimitsPlan(0, 100, TimeSpan.FromMilliseconds(10), PerClientRate: 0),
                Tls = new TlsPlan("/a.crt", "/$key", RedirectPort: 8080, Hsts: TimeSpan.Zero),
                StickyCookie = "stack-route",
                TrustedProxies = ["10.0.0.0/33", "10.0.0.0/8"],
                Snippets = [new(NginxScope.Http, "map a b { }"), new(NginxScope.Server, " "), new((NginxScope)9, "x;")],
            },
        };

        Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(plan)).Message.ShouldBe(
            """
            The configuration of Nginx 'nginx' can't be made:
            - 'a.example:80' given to WithHost or WithHostsOnly is not the name of a host. Use letters, digits, hyphens and dots, without a port; '*.example.org' stands for all below example.org.
            - The host 'b.example' is given 2 times, to WithHost and WithHostsOnly. Name it once.
            - The path 'api' given to WithRoute has to begin with '/' and may hold letters, digits and any of '/._~@:+,=-', as in "/api".
            - stripPrefix given to WithRoute("/", site) has nothing to take away. Leave it out.
            - The timeout 0 s of the route '/slow' is too short. Use a second or more.
            - body: 0 given to WithLimits lets no body through. Use the number of bytes that one may have.
            - headers: 100 given to WithLimits is not between 4096 and 1000000 bytes.
            - timeout: 0.01 s given to WithLimits is too short. Use a second or more.
            - perClientRate: 0 given to WithLimits is not between 1 and 1000000 requests per second.
            - The path '/$key' given to WithTls may hold no '$' and no control character: Nginx would take '$' for the start of a variable.
            - httpPort: 8080 given to WithTls is no port, or one that Nginx or a replica has already. Use another one, usually 80.
            - hsts: 0 s given to WithTls is too short. Use a second or more, usually 365 days.
            - The name 'stack-route' given to WithStickySessions may hold letters, digits and '_' only.
            - '10.0.0.0/33' given to WithTrustedProxies is neither an address nor a range such as 10.0.0.0/8.
            - Call 2 of WithConfig (NginxScope.Server) needs a scope and lines of configuration, without control characters.
            - Call 3 of WithConfig (NginxScope.9) needs a scope and lines of configuration, without control characters.
            """);
    }

    [Fact]
    public void To_serve_named_hosts_only_there_has_to_be_one() =>
        Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(Plans.Default() with { Hosts = [new(null, [])], Options = new() { HostsOnly = true } }))
            .Message.ShouldContain("- WithHostsOnly would refuse every request: no host has a name.");

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/v1.2/~me")]
    public void Usual_paths_are_fine(string path) => Should.NotThrow(() => NginxConfigBuilder.Build(Plans.Default() with { Hosts = [new(null, [new(path, "site")])] }));

    private static void Refused(NginxPlan plan) =>
        Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(plan)).Message.ShouldStartWith("The configuration of Nginx 'nginx' can't be made:");
}
