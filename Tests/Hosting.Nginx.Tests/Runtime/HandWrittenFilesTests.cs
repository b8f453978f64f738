using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class HandWrittenFilesTests : IDisposable
{
    private const string Both = "include stack/main.conf;\nhttp { include stack/http.conf; }\n";
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Without_a_folder_there_is_a_copy_of_the_products_own() =>
        HandWrittenFiles.Load(null).ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value.Content)).ShouldBe(
            new[] { "errors/429.html", "errors/502.html", "mime.types", "nginx.conf" }.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(Sources.NginxFolder, name))),
            ignoreOrder: true);

    [Fact]
    public void The_products_own_folder_is_accepted_without_its_notes_and_samples() =>
        HandWrittenFiles.Load(Sources.NginxFolder).Keys.ShouldBe(["errors/429.html", "errors/502.html", "mime.types", "nginx.conf"], ignoreOrder: true);

    [Fact]
    public void The_users_files_come_over_the_products_own()
    {
        _temp.Write("nginx.conf", Both);
        _temp.Write("conf.d/http-limits.conf", "x");
        _temp.Write("snippets/deep/a.conf", "x");
        _temp.Write("stack/pools.conf", "never taken");
        _temp.Write("stack/choose-site.conf", "never taken");
        _temp.Write("stack/http.conf", "ejected");
        _temp.Write("sample/stack/http.conf", "never taken");
        _temp.Write("README.md", "never taken");
        _temp.Write(".nginx.conf.swp", "never taken");
        _temp.Write("nginx.conf~", "never taken");

        var files = HandWrittenFiles.Load(_temp.Path);

        files.Keys.ShouldBe(["conf.d/http-limits.conf", "errors/429.html", "errors/502.html", "mime.types", "nginx.conf", "snippets/deep/a.conf", "stack/http.conf"], ignoreOrder: true);
        Encoding.UTF8.GetString(files["nginx.conf"].Content).ShouldBe(Both);
    }

    [Fact]
    public void A_key_that_others_may_not_read_is_private_and_an_error_page_never_is()
    {
        _temp.Write("nginx.conf", Both);
        File.SetUnixFileMode(_temp.Write("site.key", "x"), UnixFileMode.UserRead);
        File.SetUnixFileMode(_temp.Write("errors/502.html", "x"), UnixFileMode.UserRead);

        var files = HandWrittenFiles.Load(_temp.Path);

        files["site.key"].IsPrivate.ShouldBeTrue();
        files["errors/502.html"].IsPrivate.ShouldBeFalse();
    }

    [Fact]
    public void A_folder_without_nginx_conf_is_an_error_that_names_the_setting() =>
        Should.Throw<DistributedApplicationException>(() => HandWrittenFiles.Load(_temp.Path)).Message.ShouldBe(
            $"The folder '{_temp.Path}' of Nginx's hand-written configuration has no file 'nginx.conf'. Create it, or set Stack:Nginx:Folder to another folder.");

    [Theory]
    [InlineData("include stack/main.conf;\nhttp { }", "stack/http.conf")]
    [InlineData("include stack/main.conf;\nhttp {\n    # include stack/http.conf;\n}", "stack/http.conf")]
    [InlineData("http { include \"stack/http.conf\" ; }", "stack/main.conf")]
    public void A_missing_include_of_the_generated_part_is_noticed(string text, string missing)
    {
        var file = _temp.Write("nginx.conf", text);

        Should.Throw<DistributedApplicationException>(() => HandWrittenFiles.Load(_temp.Path)).Message.ShouldBe(
            $"'{file}' does not include the generated part '{missing}', so that Nginx would not serve the site. Put 'include {missing};' back.");
    }
}
