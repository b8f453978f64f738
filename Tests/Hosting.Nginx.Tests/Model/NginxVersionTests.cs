using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Model;

public sealed class NginxVersionTests
{
    [Theory]
    [InlineData("nginx version: nginx/1.22.1\n", "1.22.1")]
    [InlineData("nginx version: nginx/1.28.0 (Ubuntu)", "1.28.0")]
    [InlineData("nginx version: openresty/1.25.3.2\n", "1.25.3")]
    [InlineData("nginx version: freenginx/1.27.4\n", "1.27.4")]
    [InlineData("nginx: [warn] something\nnginx version: nginx/1.29.7\nbuilt by gcc 12.2.0\n", "1.29.7")]
    public void The_version_is_read_from_what_nginx_says(string output, string version) =>
        NginxVersion.Parse(output).ShouldNotBeNull().ToString().ShouldBe(version);

    [Theory]
    [InlineData("")]
    [InlineData("Server version: Apache/2.4.57")]
    [InlineData("nginx version: nginx/next")]
    [InlineData("nginx version: nginx/1.22")]
    [InlineData("nginx version: nginx/99999999999.1.1")]
    public void What_is_no_version_of_nginx_is_refused(string output) => NginxVersion.Parse(output).ShouldBeNull();

    [Fact]
    public void Versions_are_compared_by_number()
    {
        (new NginxVersion(1, 9, 15) < new NginxVersion(1, 22, 0)).ShouldBeTrue();
        (new NginxVersion(1, 27, 4) >= NginxVersion.KeepAliveMinTimeout).ShouldBeTrue();
        (new NginxVersion(1, 27, 3) >= NginxVersion.KeepAliveMinTimeout).ShouldBeFalse();
        (new NginxVersion(2, 0, 0) > new NginxVersion(1, 99, 9)).ShouldBeTrue();
        (new NginxVersion(1, 22, 0) <= NginxVersion.Oldest).ShouldBeTrue();
    }
}
