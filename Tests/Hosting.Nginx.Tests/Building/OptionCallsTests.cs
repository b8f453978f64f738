using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Building;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Building;

/// <summary>What the calls of an AppHost make of the model.</summary>
public sealed class OptionCallsTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder(["--DisableDashboard=true"]);
    private readonly IResourceBuilder<ProjectResource> _site;
    private readonly IResourceBuilder<ProjectResource> _api;
    private readonly IResourceBuilder<NginxResource> _nginx;

    public OptionCallsTests()
    {
        _site = _builder.AddResource(new ProjectResource("site"));
        _api = _builder.AddResource(new ProjectResource("api"));
        _nginx = _builder.AddNginx("nginx", port: 8080);
    }

    [Fact]
    public void Routes_belong_to_their_hosts_and_each_site_is_fronted_once()
    {
        _nginx.WithUpstream(_site).WithRoute("/api/", _api, stripPrefix: true, idempotent: true, timeout: TimeSpan.FromSeconds(5)).WithHost("API.example", _api).WithRoute("/files", _site, host: "api.example");

        var hosts = GatewayModel.Hosts(_nginx.Resource);

        hosts.Select(host => host.Name).ShouldBe([null, "api.example"]);
        hosts[0].Routes.ShouldBe([new("/", "site"), new("/api", "api") { StripPrefix = true, Idempotent = true, Timeout = TimeSpan.FromSeconds(5) }]);
        hosts[1].Routes.ShouldBe([new("/", "api"), new("/files", "site")]);
        _nginx.Resource.Annotations.OfType<NginxUpstreamAnnotation>().Select(upstream => upstream.Site).ShouldBe([_site.Resource, _api.Resource]);
        _site.Resource.Annotations.OfType<GatewayAnnotation>().ShouldHaveSingleItem();
        _api.Resource.Annotations.OfType<GatewayAnnotation>().ShouldHaveSingleItem().Gateway.ShouldBe(_nginx.Resource);
        _nginx.Resource.Annotations.OfType<WaitAnnotation>().Count().ShouldBe(2);
    }

    [Fact]
    public void A_path_that_leads_somewhere_already_is_an_error_that_names_both_sites()
    {
        _nginx.WithRoute("/api", _site).WithHost("a.example", _site);

        Should.Throw<DistributedApplicationException>(() => _nginx.WithRoute("/api/", _api)).Message
            .ShouldBe("Nginx 'nginx' sends requests for '/api' to 'site' already, so it can't send them to 'api' too. Declare each path once.");
        Should.Throw<DistributedApplicationException>(() => _nginx.WithHost("A.example", _api)).Message
            .ShouldBe("Nginx 'nginx' sends requests for '/' of 'a.example' to 'site' already, so it can't send them to 'api' too. Declare each path once.");
    }

    [Fact]
    public void The_replicas_of_a_site_are_chosen_in_one_way()
    {
        _nginx.WithUpstream(_site, NginxBalancing.RandomTwo);

        Should.Throw<DistributedApplicationException>(() => _nginx.WithRoute("/a", _site)).Message
            .ShouldBe("Nginx 'nginx' can't choose the replicas of 'site' by RandomTwo and by LeastConnections. Give the same to all of its routes.");
    }

    [Fact]
    public void Named_hosts_take_over_the_routes_without_one()
    {
        _nginx.WithUpstream(_site).WithHost("api.example", _api).WithHostsOnly("Example", "www.example");

        var hosts = GatewayModel.Hosts(_nginx.Resource);

        hosts.Select(host => (host.Name, host.Routes.Count)).ShouldBe([(null, 0), ("example", 1), ("api.example", 1)]);
        hosts[1].Aliases.ShouldBe(["www.example"]);
    }

    [Fact]
    public void A_site_that_no_host_would_lead_to_any_more_is_an_error()
    {
        _nginx.WithUpstream(_site).WithHost("api.example", _api).WithHostsOnly();

        Should.Throw<DistributedApplicationException>(() => GatewayModel.Hosts(_nginx.Resource)).Message.ShouldStartWith("WithHostsOnly of Nginx 'nginx' refuses all requests for 'site': its path '/' belongs to no host with a name.");
    }

    [Fact]
    public void With_TLS_the_endpoint_is_https_and_the_plain_port_one_of_its_own()
    {
        _nginx.WithUpstream(_site).WithTls("tls/site.crt", "/etc/site.key", httpPort: 8081).WithTls("tls/site.crt", "/etc/site.key", httpPort: 8082);

        (_nginx.Resource.HttpEndpoint.EndpointName, _nginx.Resource.HttpEndpoint.EndpointAnnotation.UriScheme, _nginx.Resource.HttpEndpoint.EndpointAnnotation.Port).ShouldBe(("https", "https", 8080));
        var redirect = _nginx.Resource.Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == "redirect");
        (redirect.Port, redirect.UriScheme).ShouldBe((8082, "tcp"));
        GatewayModel.Options(_nginx.Resource, "/srv/app/AppHost", redirectPort: 8082).Tls.ShouldBe(new TlsPlan("/srv/app/AppHost/tls/site.crt", "/etc/site.key", 8082, null));
    }

    [Fact]
    public void Static_files_are_those_of_a_site_that_has_its_own_root()
    {
        _nginx.WithRoute("/shop", _site).WithStaticFiles(_site);

        Should.Throw<DistributedApplicationException>(() => GatewayModel.Options(_nginx.Resource, "/", null)).Message
            .ShouldStartWith("Nginx 'nginx' can't send the static files of 'site': no route with the path '/' leads there");
    }

    [Fact]
    public async Task All_sites_are_told_the_limits_and_that_clients_stay()
    {
        _nginx.WithUpstream(_site).WithRoute("/api", _api).WithLimits(body: 5_000_000, headers: 16_384).WithStickySessions();
        _site.WithEnvironment("Kestrel__Limits__MaxRequestBodySize", "5000000");

        foreach (var site in new[] { _site, _api })
        {
            (await EnvironmentAsync(site.Resource)).ShouldBe(
                new Dictionary<string, object>
                {
                    ["Kestrel__Limits__MaxRequestBodySize"] = "5000000",
                    ["Kestrel__Limits__MaxRequestHeadersTotalSize"] = "18432",
                    ["Kestrel__Limits__MaxRequestLineSize"] = "8192",
                    ["STACK_STICKY"] = "1",
                },
                ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_limit_that_is_set_to_something_else_is_an_error_that_names_both()
    {
        _nginx.WithUpstream(_site).WithLimits();
        _site.WithEnvironment("KESTREL__LIMITS__MaxRequestBodySize", "1000");

        (await Should.ThrowAsync<DistributedApplicationException>(() => EnvironmentAsync(_site.Resource))).Message.ShouldBe(
            "'site' gets KESTREL__LIMITS__MaxRequestBodySize=1000 from WithEnvironment or another gateway, but WithLimits of Nginx 'nginx' makes it 30000000. Both sides have to agree: set it in WithLimits alone.");
    }

    [Fact]
    public async Task A_site_that_takes_more_than_Nginx_lets_through_is_an_error()
    {
        _nginx.WithUpstream(_site);
        _site.WithEnvironment("Kestrel__Limits__MaxRequestBodySize", "100000000");

        (await Should.ThrowAsync<DistributedApplicationException>(() => EnvironmentAsync(_site.Resource))).Message.ShouldEndWith("Set it for both in one place: WithLimits(body: 100000000) of Nginx.");
    }

    private async Task<Dictionary<string, object>> EnvironmentAsync(ProjectResource site)
    {
        SiteSettings.Add(_nginx.Resource);
        EnvironmentCallbackContext context = new(_builder.ExecutionContext, site) { Logger = NullLogger.Instance };
        foreach (var callback in site.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.EnvironmentVariables;
    }
}
