using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Allocation;

namespace Hosting.Tests.Allocation;

public sealed class DashboardAddressesTests
{
    [Fact]
    public void Without_settings_the_product_has_its_own()
    {
        var none = Settings();

        DashboardAddresses.FrontEnd(none).ShouldBe("http://localhost:18888");
        DashboardAddresses.OtlpGrpc(none).ShouldBe("http://localhost:18889");
        DashboardAddresses.OtlpHttp(none).ShouldBe("http://localhost:18890");
    }

    [Fact]
    public void The_front_end_is_the_first_of_ASPNETCORE_URLS()
        => DashboardAddresses.FrontEnd(Settings(("ASPNETCORE_URLS", "https://localhost:1;http://localhost:2"))).ShouldBe("https://localhost:1");

    [Theory]
    [InlineData(null, "http://localhost:1", "grpc")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:1", "grpc")]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:1", "grpc")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:2", "http/protobuf")]
    public void Senders_are_told_of_the_ports_that_were_chosen_in_place_of_those_that_are_set(string? variable, string endpoint, string protocol)
    {
        var settings = variable is null ? Settings() : Settings((variable, "http://localhost:9"));

        DashboardAddresses.Move(settings, "http://localhost:1", "http://localhost:2");

        DashboardAddresses.Otlp(settings, null).ShouldBe((endpoint, protocol));
        DashboardAddresses.OtlpHttp(settings).ShouldBe("http://localhost:2");
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://localhost:1")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:1;http://[::1]:1")]
    [InlineData("ASPNETCORE_URLS", "http://shop.localhost:1")]
    [InlineData("ASPNETCORE_URLS", "http://127.1.2.3:1")]
    [InlineData("ASPNETCORE_URLS", "https://0.0.0.0:1")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "https://example.org:1")]
    public void Loopback_and_https_are_accepted(string variable, string url)
        => Should.NotThrow(() => DashboardAddresses.EnsureSecured(Settings((variable, url)), allowUnsecured: false));

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:1")]
    [InlineData("ASPNETCORE_URLS", "http://*:1")]
    [InlineData("ASPNETCORE_URLS", "http://+:1")]
    [InlineData("ASPNETCORE_URLS", "http://[::]:1")]
    [InlineData("ASPNETCORE_URLS", "http://192.168.0.1:1")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://example.org:1")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://example.org:1")]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://example.org:1")]
    public void Plain_http_elsewhere_is_refused_with_the_variable_and_the_way_out(string variable, string url)
        => Should.Throw<DistributedApplicationException>(() => DashboardAddresses.EnsureSecured(Settings((variable, url)), allowUnsecured: false)).Message.ShouldBe(
            $"The dashboard's address '{url}' (variable {variable}) would send passwords and telemetry over the network in the clear. Use https or a loopback address, or allow it with ASPIRE_ALLOW_UNSECURED_TRANSPORT=true.");

    [Fact]
    public void All_such_addresses_are_named_at_once()
    {
        var settings = Settings(("ASPNETCORE_URLS", "https://localhost:1;http://a:1"), ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://b:1"));

        var lines = Should.Throw<DistributedApplicationException>(() => DashboardAddresses.EnsureSecured(settings, allowUnsecured: false)).Message.Split(Environment.NewLine);

        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith("The dashboard's address 'http://a:1' (variable ASPNETCORE_URLS)");
        lines[1].ShouldStartWith("The dashboard's address 'http://b:1' (variable ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL)");
    }

    [Theory]
    [InlineData(true, null, null)]
    [InlineData(false, "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true")]
    [InlineData(false, "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "1")]
    [InlineData(false, "DOTNET_ASPIRE_ALLOW_UNSECURED_TRANSPORT", "True")]
    public void It_can_be_allowed(bool byOption, string? variable, string? value)
        => Should.NotThrow(() => DashboardAddresses.EnsureSecured(Settings(("ASPNETCORE_URLS", "http://0.0.0.0:1"), (variable ?? "x", value ?? "x")), byOption));

    [Theory]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("nonsense", false)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    public void A_setting_is_true_or_false(string text, bool expected) => DashboardAddresses.Truth(Settings(("A", text)), "A", "B").ShouldBe(expected);

    private static IConfiguration Settings(params (string Key, string Value)[] values)
        => new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
}
