using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class SecretMaskTests
{
    private static readonly SecretMask Mask = new(["hunter2", "hunter2-longer", "abc", ""]);

    [Theory]
    [InlineData("API_KEY")]
    [InlineData("Stripe__ApiKey")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("db_password")]
    [InlineData("MY_SECRET_2")]
    [InlineData("AWS_CREDENTIALS")]
    [InlineData("ConnectionStrings__db")]
    [InlineData("DB_CONNECTION_STRING")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("DB_PWD")]
    public void Variable_is_masked_for_its_name(string name)
    {
        var shown = Mask.Variable(new EnvironmentVariableSnapshot(name, "x", true));

        (shown.Value, shown.IsMasked).ShouldBe(("******", true));
    }

    [Theory]
    [InlineData("PATH", "/usr/bin:/bin")]
    [InlineData("PWD", "/srv/site")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:8001")]
    [InlineData("EMPTY", "")]
    [InlineData("API_KEY", "")]
    [InlineData("SHORT", "xabcx")]
    public void Other_variables_are_shown_as_they_are(string name, string value)
    {
        var shown = Mask.Variable(new EnvironmentVariableSnapshot(name, value, false));

        (shown.Value, shown.IsMasked).ShouldBe((value, false));
    }

    [Theory]
    [InlineData("hunter2", "******")]
    [InlineData("abc", "******")]
    [InlineData("before hunter2 after", "before ****** after")]
    [InlineData("hunter2-longer", "******")]
    [InlineData("(hunter2-longer)", "(******)")]
    [InlineData("postgres://user:p%40ss@db:5432/shop", "postgres://user:******@db:5432/shop")]
    [InlineData("redis://:p@cache:6379", "redis://:******@cache:6379")]
    [InlineData("https://example.test/a:b@c", "https://example.test/a:b@c")]
    [InlineData("Server=db;User=sa;Password=a b;Encrypt=true", "Server=db;User=sa;Password=******;Encrypt=true")]
    [InlineData("cache:6379,password=x,ssl=True", "cache:6379,password=******")]
    [InlineData("AccountName=a;AccountKey=Zm9v==;End=1", "AccountName=a;AccountKey=******;End=1")]
    [InlineData("pwd='a;b';x=1", "pwd=******;x=1")]
    public void Text_loses_what_is_secret_in_it(string text, string expected) => Mask.Text(text).ShouldBe(expected);

    [Fact]
    public void What_follows_an_argument_for_a_secret_is_one()
        => Mask.Arguments(["--name", "x", "--api-key", "y", "--token=z", "w"]).ShouldBe(["--name", "x", "--api-key", "******", "--token=******", "w"]);
}
