using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ExternalServiceTests
{
    [Theory]
    [InlineData("weather.example.org", "it must be absolute, as in https://api.example.org/")]
    [InlineData("/weather/", "it must be absolute, as in https://api.example.org/")]
    [InlineData("https://example.org/weather", "its path must end with a slash")]
    [InlineData("https://example.org/?a=b", "it may not have a query")]
    [InlineData("https://example.org/#part", "it may not have a fragment")]
    public void An_address_that_breaks_a_rule_is_refused_with_the_rule(string url, string rule)
    {
        var builder = Models.Empty();

        Should.Throw<ArgumentException>(() => builder.AddExternalService("weather", url)).Message.ShouldBe(
            $"The address '{url}' of external service 'weather' is invalid: {rule}. (Parameter 'url')");
        builder.Resources.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("relative/", UriKind.Relative, "it must be absolute, as in https://api.example.org/")]
    [InlineData("https://example.org/a", UriKind.Absolute, "its path must end with a slash")]
    public void A_Uri_that_breaks_a_rule_is_refused_with_the_rule(string url, UriKind kind, string rule)
        => Should.Throw<ArgumentException>(() => Models.Empty().AddExternalService("weather", new Uri(url, kind))).Message.ShouldBe(
            $"The address '{url}' of external service 'weather' is invalid: {rule}. (Parameter 'uri')");

    [Theory]
    [InlineData("https://example.org")]
    [InlineData("https://example.org/")]
    [InlineData("http://example.org:8080/base/")]
    public void A_good_address_is_kept(string url)
        => Models.Empty().AddExternalService("weather", url).Resource.Uri.ShouldBe(new Uri(url));

    [Fact]
    public void A_parameter_can_give_the_address()
    {
        var builder = Models.Empty();
        var url = builder.AddParameter("weather-url");

        var service = builder.AddExternalService("weather", urlParameter: url).Resource;

        service.Uri.ShouldBeNull();
        service.UrlParameter.ShouldBe(url.Resource);
        service.ReferencesOf().ShouldBe(["weather-url"]);
    }

    [Theory]
    [InlineData("nonsense", "it must be absolute, as in https://api.example.org/")]
    [InlineData("https://example.org/x", "its path must end with a slash")]
    public async Task An_address_from_a_parameter_is_checked_when_it_is_used(string value, string rule)
    {
        var builder = Models.Empty($"Parameters:weather-url={value}");
        var service = builder.AddExternalService("weather", builder.AddParameter("weather-url"));
        var tool = builder.AddTool().WithEnvironment("WEATHER", service);

        (await tool.ConfigurationAsync()).Exception.ShouldBeOfType<DistributedApplicationException>().Message.ShouldBe(
            $"The address of external service 'weather', given by parameter 'weather-url', is invalid: {rule}. Correct the parameter's value.");
    }

    [Fact]
    public async Task Its_address_can_be_a_variable()
    {
        var builder = Models.Empty("Parameters:other-url=http://other.example.org/");
        var tool = builder.AddTool()
            .WithEnvironment("WEATHER", builder.AddExternalService("weather", "https://weather.example.org/"))
            .WithEnvironment("OTHER", builder.AddExternalService("other", builder.AddParameter("other-url")));

        var environment = await tool.EnvironmentAsync();

        environment["WEATHER"].ShouldBe("https://weather.example.org/");
        environment["OTHER"].ShouldBe("http://other.example.org/");
        tool.Resource.ReferencesOf().ShouldBe(["weather", "other", "other-url"], ignoreOrder: true);
    }

    [Fact]
    public async Task When_publishing_the_address_is_a_placeholder()
    {
        var builder = Models.Empty("--operation", "publish");
        var tool = builder.AddTool()
            .WithEnvironment("WEATHER", builder.AddExternalService("weather", "https://weather.example.org/"))
            .WithEnvironment("OTHER", builder.AddExternalService("other", builder.AddParameter("other-url")));

        var environment = await tool.EnvironmentAsync();

        environment["WEATHER"].ShouldBe("https://weather.example.org/");
        environment["OTHER"].ShouldBe("{other-url.value}");
    }

    [Fact]
    public void A_health_check_has_a_key_of_its_own()
    {
        var service = Models.Empty().AddExternalService("weather", "https://weather.example.org/").WithHttpHealthCheck("/status", 204);

        service.Resource.Annotations.OfType<HealthCheckAnnotation>().Single().Key.ShouldBe("weather_external_/status_204_check");
    }

    [Fact]
    public void A_health_check_twice_is_refused()
    {
        var service = Models.Empty().AddExternalService("weather", "https://weather.example.org/").WithHttpHealthCheck();

        Should.Throw<DistributedApplicationException>(() => service.WithHttpHealthCheck()).Message.ShouldBe(
            "Resource 'weather' has the health check 'weather_external_/_200_check' already. Add it once.");
    }

    [Fact]
    public void A_health_check_elsewhere_is_refused()
        => Should.Throw<ArgumentException>(() => Models.Empty().AddExternalService("weather", "https://weather.example.org/").WithHttpHealthCheck("https://other.example.org/")).Message.ShouldBe(
            "The path 'https://other.example.org/' of the health check of external service 'weather' is no relative address. Write it like /health. (Parameter 'path')");
}
