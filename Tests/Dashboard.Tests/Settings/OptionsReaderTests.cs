using Microsoft.Extensions.Configuration;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Settings;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Nothing_set_is_a_dashboard_on_loopback_with_random_secrets()
    {
        var options = Read();

        options.Frontend.EndpointUrls.ShouldBe([new Uri("http://127.0.0.1:18888")]);
        options.Otlp.GrpcEndpointUrl.ShouldBe(new Uri("http://127.0.0.1:18889"));
        options.Otlp.HttpEndpointUrl.ShouldBe(new Uri("http://127.0.0.1:18890"));
        options.Frontend.BrowserToken.Length.ShouldBe(32);
        options.Otlp.IsKeyRandom.ShouldBeTrue();
        options.Otlp.PrimaryApiKey!.Length.ShouldBe(32);
        options.Api.PrimaryApiKey.ShouldBeNull();
        options.Storage.Directory.ShouldBe(Path.GetFullPath(Path.Combine(".stack", "telemetry")));
        options.ControlSocket.ShouldBeNull();
    }

    [Fact]
    public void In_production_the_store_takes_its_share_of_the_volume_unless_its_size_is_set()
    {
        Read("environment=Production", "Dashboard:Storage:Directory=/not/there/yet").Storage.MaxBytes.ShouldBe(StorageOptions.ShareOf(Volume.TotalBytes("/")));
        Read("environment=Production", "Dashboard:Storage:MaxBytes=5000000").Storage.MaxBytes.ShouldBe(5_000_000);
        Read("environment=Development").Storage.MaxBytes.ShouldBe(2L << 30);
    }

    [Fact]
    public void Index_of_words_and_age_of_figures_are_read()
    {
        var storage = Read("Dashboard:Storage:FullText=true", "Dashboard:Storage:RollupAge=90d").Storage;

        (storage.FullText, storage.RollupAge).ShouldBe((true, TimeSpan.FromDays(90)));
        Should.Throw<StartException>(() => Read("Dashboard:Storage:FullText=maybe")).Message.ShouldBe("Setting 'Dashboard:Storage:FullText' is 'maybe', which is not 'true' or 'false'.");
    }

    [Fact]
    public void What_the_apphost_sets_is_understood()
    {
        var options = Read(
            "ASPNETCORE_URLS=http://localhost:1;http://127.0.0.1:2", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:3",
            "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:4", "DASHBOARD:FRONTEND:AUTHMODE=BrowserToken", "DASHBOARD:FRONTEND:BROWSERTOKEN=t",
            "DASHBOARD:OTLP:AUTHMODE=ApiKey", "DASHBOARD:OTLP:PRIMARYAPIKEY=o", "DASHBOARD:API:PRIMARYAPIKEY=a", "DASHBOARD:STORAGE:DIRECTORY=/x",
            "STACK_CONTROL_SOCKET=/run/control.sock");

        options.Frontend.EndpointUrls.Select(url => url.Port).ShouldBe([1, 2]);
        (options.Otlp.GrpcEndpointUrl.Port, options.Otlp.HttpEndpointUrl.Port).ShouldBe((3, 4));
        (options.Frontend.BrowserToken, options.Otlp.PrimaryApiKey, options.Api.PrimaryApiKey).ShouldBe(("t", "o", "a"));
        options.Otlp.IsKeyRandom.ShouldBeFalse();
        options.Storage.Directory.ShouldBe("/x");
        options.ControlSocket.ShouldBe("/run/control.sock");
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_each_by_its_name()
    {
        var refused = Should.Throw<StartException>(() => Read(
            "Dashboard:Frontend:AuthMode=Open", "Dashboard:Frontend:EndpointUrls=localhost:1", "Dashboard:Otlp:AuthMode=ApiKey",
            "Dashboard:TelemetryLimits:MaxLogCount=0", "Dashboard:Storage:MaxAge=soon", "Dashboard:Storage:MaxBytes=2GB", "Dashboard:Api:Enabled=perhaps"));

        refused.Problems.ShouldBe(
            [
                "Setting 'Dashboard:Frontend:EndpointUrls' is 'localhost:1', which is not an address such as 'http://127.0.0.1:18888'.",
                "Setting 'Dashboard:Frontend:AuthMode' is 'Open', which is not BrowserToken or Unsecured.",
                "Setting 'Dashboard:Otlp:PrimaryApiKey' is missing, but 'Dashboard:Otlp:AuthMode' is ApiKey. Set the key, or set the mode to Unsecured.",
                "Setting 'Dashboard:Api:Enabled' is 'perhaps', which is not 'true' or 'false'.",
                "Setting 'Dashboard:TelemetryLimits:MaxLogCount' is '0', which is not a whole number from 1 to 1000000.",
                "Setting 'Dashboard:Storage:MaxBytes' is '2GB', which is not a whole number from 1048576 to 1125899906842624.",
                "Setting 'Dashboard:Storage:MaxAge' is 'soon', which is not a time such as '7d', '6h', '30m' or '1.06:30:00'.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Other_machines_get_in_only_with_tls_or_consent_and_with_keys()
    {
        var refused = Should.Throw<StartException>(() => Read(
            "Dashboard:Frontend:EndpointUrls=http://0.0.0.0:1", "Dashboard:Frontend:AuthMode=Unsecured", "Dashboard:Otlp:GrpcEndpointUrl=http://10.0.0.1:2"));

        refused.Problems.ShouldBe(
        [
            "The front end listener 'http://0.0.0.0:1/' ('Dashboard:Frontend:EndpointUrls') can be reached from other machines without TLS. "
                + "Bind 127.0.0.1, use https, or set ASPIRE_ALLOW_UNSECURED_TRANSPORT=true.",
            "The front end listener 'http://0.0.0.0:1/' ('Dashboard:Frontend:EndpointUrls') can be reached from other machines, but 'Dashboard:Frontend:AuthMode' is Unsecured. "
                + "Bind 127.0.0.1, choose another mode, or set ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true.",
            "The OTLP/gRPC listener 'http://10.0.0.1:2/' ('Dashboard:Otlp:GrpcEndpointUrl') can be reached from other machines without TLS. "
                + "Bind 127.0.0.1, use https, or set ASPIRE_ALLOW_UNSECURED_TRANSPORT=true.",
        ]);
        Read("Dashboard:Frontend:EndpointUrls=http://0.0.0.0:1", "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true").Frontend.EndpointUrls.Count.ShouldBe(1);
        Read("Dashboard:Frontend:EndpointUrls=https://0.0.0.0:1").Frontend.EndpointUrls.Count.ShouldBe(1);
    }

    [Fact]
    public void Anonymous_on_purpose_opens_every_door()
    {
        var options = Read("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true", "Dashboard:Frontend:EndpointUrls=http://*:1");

        options.Frontend.AuthMode.ShouldBe(FrontendAuthMode.Unsecured);
        options.Otlp.AuthMode.ShouldBe(KeyAuthMode.Unsecured);
        options.Api.AuthMode.ShouldBe(KeyAuthMode.Unsecured);
    }

    [Theory]
    [InlineData("7d", 7 * 24 * 60)]
    [InlineData("1.5h", 90)]
    [InlineData("30m", 30)]
    [InlineData("01:00:00", 60)]
    public void Times_have_short_forms(string text, int minutes)
    {
        Read("Dashboard:Storage:MaxAge=" + text).Storage.MaxAge.ShouldBe(TimeSpan.FromMinutes(minutes));
    }

    [Fact]
    public void Origins_of_pages_that_may_send_are_a_list()
    {
        var options = Read("Dashboard:Otlp:Cors:AllowedOrigins=https://shop.example.com, http://localhost:3000", "Dashboard:Otlp:Cors:AllowedHeaders=*").Otlp;

        options.AllowedOrigins.ShouldBe(["https://shop.example.com", "http://localhost:3000"]);
        options.AllowedHeaders.ShouldBe(["*"]);
        Should.Throw<StartException>(() => Read("Dashboard:Otlp:Cors:AllowedOrigins=shop.example.com")).Problems.ShouldBe(
            ["Setting 'Dashboard:Otlp:Cors:AllowedOrigins' is 'shop.example.com', which is not origins such as 'https://shop.example.com', or '*'."]);
    }

    [Fact]
    public void Keys_are_needed_where_other_machines_can_send_or_ask()
    {
        var refused = Should.Throw<StartException>(() => Read(
            "Dashboard:Frontend:EndpointUrls=https://0.0.0.0:1", "Dashboard:Otlp:HttpEndpointUrl=https://[::]:3", "Dashboard:Otlp:AuthMode=Unsecured", "Dashboard:Api:AuthMode=Unsecured"));

        refused.Problems.ShouldBe(
        [
            "The OTLP/HTTP listener 'https://[::]:3/' ('Dashboard:Otlp:HttpEndpointUrl') can be reached from other machines, but 'Dashboard:Otlp:AuthMode' is Unsecured. "
                + "Bind 127.0.0.1, choose another mode, or set ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true.",
            "The telemetry API would be open to other machines at 'https://0.0.0.0:1/'. Set 'Dashboard:Api:AuthMode' to ApiKey, or bind 127.0.0.1.",
        ]);
    }

    [Fact]
    public void The_pages_can_be_below_a_path_that_the_public_address_has_too()
    {
        Read().Frontend.PathBase.ShouldBe("");
        Read("Dashboard:Frontend:PathBase=/").Frontend.PathBase.ShouldBe("");
        Read("Dashboard:Frontend:PathBase=/ops/dash-1").Frontend.PathBase.ShouldBe("/ops/dash-1");
        Read("Dashboard:Frontend:PathBase=/dash", "Dashboard:Frontend:PublicUrl=https://example.com/dash/").Frontend.PublicUrl.ShouldBe(new Uri("https://example.com/dash/"));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("/dash/")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/a b")]
    [InlineData("/a\"b")]
    [InlineData("//host")]
    public void A_sub_path_that_is_none_is_refused(string path)
    {
        Should.Throw<StartException>(() => Read($"Dashboard:Frontend:PathBase={path}")).Problems.ShouldBe(
        [
            $"Setting 'Dashboard:Frontend:PathBase' is '{path}', which is not a path such as '/dashboard': "
                + "it begins with a slash, ends without one, and is made of letters, digits, '-', '_', '.' and '~'.",
        ]);
    }

    [Theory]
    [InlineData("https://example.com", "/dash", "/dash")]
    [InlineData("https://example.com/dash", "/", "/")]
    [InlineData("https://example.com/other", "/dash", "/dash")]
    public void A_public_address_with_another_path_is_refused(string url, string path, string shown)
    {
        Should.Throw<StartException>(() => Read($"Dashboard:Frontend:PathBase={path}", $"Dashboard:Frontend:PublicUrl={url}")).Problems.ShouldBe(
        [
            $"Setting 'Dashboard:Frontend:PublicUrl' is '{url}', but 'Dashboard:Frontend:PathBase' is '{shown}'. Both name the path below which the pages are: give both the same.",
        ]);
    }

    [Fact]
    public void A_small_quota_has_small_segments()
    {
        Read("Dashboard:Storage:MaxBytes=40000000").Storage.SegmentBytes.ShouldBe(10_000_000);
        Read("Dashboard:Storage:MaxAge=2h").Storage.SegmentAge.ShouldBe(TimeSpan.FromMinutes(30));
    }

    private static DashboardOptions Read(params string[] settings) => OptionsReader.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(pair => KeyValuePair.Create<string, string?>(pair[0], pair[1])))
        .Build());
}
