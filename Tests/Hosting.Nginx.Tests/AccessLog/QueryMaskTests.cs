using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class QueryMaskTests
{
    private readonly QueryMask _mask = new(["token", "password"]);

    [Theory]
    [InlineData("/a", "/a", "")]
    [InlineData("/a?", "/a", "")]
    [InlineData("/a?page=2", "/a", "page=2")]
    [InlineData("/a?token=x", "/a", "token=***")]
    [InlineData("/a?TOKEN=x&b=1", "/a", "TOKEN=***&b=1")]
    [InlineData("/a?b=1;password=x=y;c", "/a", "b=1;password=***;c")]
    [InlineData("/a?token=x?y&token=z", "/a", "token=***&token=***")]
    [InlineData("/a?to%6ben=x", "/a", "to%6ben=***")]
    [InlineData("/a?user[password]=x&user.token=y", "/a", "user[password]=***&user.token=***")]
    [InlineData("/a?mytoken=x&tokens=y&token", "/a", "mytoken=x&tokens=y&token")]
    [InlineData("/a?=x&&token=", "/a", "=x&&token=***")]
    [InlineData("/a?%zz=x&%=y", "/a", "%zz=x&%=y")]
    public void Secrets_in_a_query_are_masked_and_nothing_else_is_changed(string uri, string path, string query) => _mask.Split(uri).ShouldBe((path, query));

    [Theory]
    [InlineData("http://a/b?token=x", "http://a/b?token=***")]
    [InlineData("https://me:secret@a/b", "https://***@a/b")]
    [InlineData("https://a/b@c", "https://a/b@c")]
    [InlineData("https://me:secret@a", "https://***@a")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("", "")]
    public void So_are_those_in_the_address_of_the_page_before(string url, string masked) => _mask.Url(url).ShouldBe(masked);

    [Fact]
    public void Without_keys_nothing_is_masked() => new QueryMask([]).Split("/a?token=x").ShouldBe(("/a", "token=x"));
}
