using System.Text.Json;
using Stack.Hosting.Nginx.Assets;

namespace Stack.Hosting.Nginx.Tests.Assets;

public sealed class AssetManifestTests
{
    [Fact]
    public void Of_a_published_site_the_addresses_with_a_fingerprint_are_taken()
    {
        var json = File.ReadAllText(Path.Combine(Sources.TestFolder, "Assets", "WebSite.endpoints.json"));

        AssetManifest.Parse(json).ShouldBe(
        [
            new("/css/site.css?v=PiNBPU-luwSreAoeUuisoKf6HHG0ZYpPU-c2K4vSaBc", "css/site.css"),
            new("/css/site.u5zf56c3cu.css", "css/site.css"),
            new("/favicon.k1vrm1xgqt.svg", "favicon.svg"),
            new("/favicon.svg?v=" + Hash(json, "favicon.svg"), "favicon.svg"),
            new("/js/replicas.hpfotqguwo.js", "js/replicas.js"),
            new("/js/replicas.js?v=" + Hash(json, "js/replicas.js"), "js/replicas.js"),
        ]);
    }

    [Fact]
    public void What_a_build_has_is_left_to_the_site() =>
        AssetManifest.Parse(Manifest("Build", Endpoint("site.abc.css", "site.css", "fingerprint", "abc"))).ShouldBeEmpty();

    [Theory]
    [InlineData("../site.css")]
    [InlineData("a/../../site.css")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\site.css")]
    [InlineData("$host.css")]
    [InlineData("a\\n.css")]
    [InlineData("")]
    public void A_file_outside_of_the_site_or_one_that_nginx_would_read_as_something_else_is_left_to_the_site(string file) =>
        AssetManifest.Parse(Manifest("Publish", Endpoint("site.abc.css", file.Replace("\\n", "\n", StringComparison.Ordinal), "fingerprint", "abc"))).ShouldBeEmpty();

    [Theory]
    [InlineData("$host.css")]
    [InlineData("a\n;}.css")]
    [InlineData("")]
    public void So_is_such_an_address(string route) =>
        AssetManifest.Parse(Manifest("Publish", Endpoint(route, "site.css", "fingerprint", "abc"))).ShouldBeEmpty();

    [Fact]
    public void A_hash_of_another_kind_is_left_to_the_site() =>
        AssetManifest.Parse(Manifest("Publish", Endpoint("site.css", "site.css", "integrity", "sha512-abc"))).ShouldBeEmpty();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ManifestType":"Publish"}""")]
    [InlineData("""{"ManifestType":"Publish","Endpoints":[{}]}""")]
    public void A_file_that_says_nothing_has_nothing(string json) => AssetManifest.Parse(json).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"ManifestType":"Publish","Endpoints":[""")]
    public void A_file_that_is_something_else_is_an_error(string json) => Should.Throw<JsonException>(() => AssetManifest.Parse(json));

    private static string Manifest(string type, params object[] endpoints) => JsonSerializer.Serialize(new { Version = 1, ManifestType = type, Endpoints = endpoints });

    private static object Endpoint(string route, string file, string property, string value) =>
        new { Route = route, AssetFile = file, Selectors = Array.Empty<object>(), ResponseHeaders = Array.Empty<object>(), EndpointProperties = new[] { new { Name = property, Value = value } } };

    private static string Hash(string json, string route) =>
        JsonDocument.Parse(json).RootElement.GetProperty("Endpoints").EnumerateArray()
            .First(endpoint => endpoint.GetProperty("Route").GetString() == route)
            .GetProperty("EndpointProperties").EnumerateArray().Single(property => property.GetProperty("Name").GetString() == "integrity")
            .GetProperty("Value").GetString()!["sha256-".Length..].TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
