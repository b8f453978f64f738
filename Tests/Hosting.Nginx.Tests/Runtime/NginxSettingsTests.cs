using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class NginxSettingsTests
{
    [Fact]
    public void Nothing_is_set_by_default() => Read().ShouldBe(new NginxSettings());

    [Fact]
    public void The_variable_wins_over_the_setting()
    {
        var settings = Read(("Stack:Nginx:Runtime", "container"), ("STACK_NGINX_RUNTIME", "Process"));

        settings.Runtime.ShouldBe(NginxRuntime.Process);
        settings.RuntimeSource.ShouldBe("STACK_NGINX_RUNTIME");
    }

    [Fact]
    public void All_settings_are_read() =>
        Read(("Stack:Nginx:Runtime", "auto"), ("Stack:Nginx:Path", "/opt/nginx"), ("Stack:Nginx:Image", "nginx:1.29"), ("Stack:Nginx:Folder", "../gateway")).ShouldBe(
            new NginxSettings
            {
                Runtime = NginxRuntime.Auto,
                RuntimeSource = "Stack:Nginx:Runtime",
                Path = "/opt/nginx",
                Image = "nginx:1.29",
                Folder = "../gateway",
            });

    [Theory]
    [InlineData("docker")]
    [InlineData("1")]
    [InlineData("Auto, Process")]
    public void A_runtime_that_is_none_is_named(string value) =>
        Should.Throw<DistributedApplicationException>(() => Read(("STACK_NGINX_RUNTIME", value))).Message
            .ShouldBe($"'{value}' is no runtime for Nginx (setting STACK_NGINX_RUNTIME). Use 'auto', 'container' or 'process'.");

    [Fact]
    public void The_hand_written_part_is_beside_the_AppHost_or_in_one_that_was_published()
    {
        using var temp = new TempFolder();
        string? Source() => NginxSettings.SourceOf(new ConfigurationBuilder().Build(), $"{temp.Path}/opt/apphost");
        Source().ShouldBeNull();

        var inside = temp.Write("opt/apphost/nginx/nginx.conf", "");
        Source().ShouldBe(Path.GetDirectoryName(inside));

        var beside = temp.Write("opt/nginx/nginx.conf", "");
        Source().ShouldBe(Path.GetDirectoryName(beside));
    }

    private static NginxSettings Read(params (string Key, string Value)[] values) =>
        NginxSettings.Read(key => values.Where(value => value.Key == key).Select(value => value.Value).FirstOrDefault());
}
