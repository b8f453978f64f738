using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class ExecutableSearchTests
{
    [Fact]
    public void PATH_comes_first_then_the_folders_that_a_users_PATH_lacks() =>
        ExecutableSearch.Candidates("/home/me/bin:/usr/bin", path => path is "/usr/sbin/nginx" or "/usr/bin/nginx" or "/opt/nginx/sbin/nginx")
            .ShouldBe(["/usr/bin/nginx", "/usr/sbin/nginx", "/opt/nginx/sbin/nginx"]);

    [Fact]
    public void Each_is_named_once_and_relative_folders_are_not_searched() =>
        ExecutableSearch.Candidates("/usr/sbin:.:bin::/usr/sbin", _ => true).Where(path => path == "/usr/sbin/nginx" || !Path.IsPathRooted(path))
            .ShouldBe(["/usr/sbin/nginx"]);

    [Fact]
    public void Without_PATH_the_systems_folders_are_searched() =>
        ExecutableSearch.Candidates(null, path => path == "/usr/sbin/nginx").ShouldBe(["/usr/sbin/nginx"]);

    [Fact]
    public void Only_a_file_that_may_be_executed_counts()
    {
        using TempFolder temp = new();
        var plain = temp.Write("plain", "");
        var program = temp.Write("program", "");
        File.SetUnixFileMode(plain, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var link = Path.Combine(temp.Path, "link");
        File.CreateSymbolicLink(link, program);
        var broken = Path.Combine(temp.Path, "broken");
        File.CreateSymbolicLink(broken, "nowhere");

        ExecutableSearch.IsExecutable(program).ShouldBeTrue();
        ExecutableSearch.IsExecutable(link).ShouldBeTrue();
        ExecutableSearch.IsExecutable(plain).ShouldBeFalse();
        ExecutableSearch.IsExecutable(broken).ShouldBeFalse();
        ExecutableSearch.IsExecutable(temp.Path).ShouldBeFalse();
    }
}
