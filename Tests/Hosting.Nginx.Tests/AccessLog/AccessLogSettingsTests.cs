using Aspire.Hosting;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class AccessLogSettingsTests
{
    [Fact]
    public void Without_settings_a_request_is_slow_after_a_second_and_the_usual_secrets_are_masked()
    {
        var settings = AccessLogSettings.Read(_ => null);

        settings.SlowRequest.ShouldBe(TimeSpan.FromSeconds(1));
        settings.MaskedParameters.ShouldContain("password");
        settings.RotateAt.ShouldBe(67_108_864);
    }

    [Fact]
    public void Both_can_be_set()
    {
        var settings = AccessLogSettings.Read(key => key == "Stack:Nginx:SlowRequestSeconds" ? "0.25" : "iban, pin");

        settings.SlowRequest.ShouldBe(TimeSpan.FromMilliseconds(250));
        settings.MaskedParameters.ShouldBe(["iban", "pin"]);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e9")]
    public void A_time_that_is_none_is_an_error_that_names_the_setting(string text) =>
        Should.Throw<DistributedApplicationException>(() => AccessLogSettings.Read(key => key == "Stack:Nginx:SlowRequestSeconds" ? text : null)).Message.ShouldBe(
            $"'{text}' is no time for a slow request (setting Stack:Nginx:SlowRequestSeconds). Use seconds, for example 0.5, up to 86400.");
}
