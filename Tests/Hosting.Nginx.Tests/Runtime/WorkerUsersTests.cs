using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class WorkerUsersTests
{
    private static readonly string[] Groups = ["root:x:0:", "www-data:x:33:", "nogroup:x:65534:"];

    [Theory]
    [InlineData("www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin", "www-data", "www-data")]
    [InlineData("nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin", "nobody", "nogroup")]
    [InlineData("someone:x:1000:1000::/home/someone:/bin/sh", "root", "root")]
    public void The_workers_are_the_first_known_user_that_exists(string account, string user, string group) =>
        WorkerUsers.Choose(["root:x:0:0:root:/root:/bin/sh", account], Groups, canReach: true).ShouldBe(new WorkerUser(user, group));

    [Fact]
    public void The_workers_are_root_when_no_other_user_reaches_their_files() =>
        WorkerUsers.Choose(["www-data:x:33:33:::"], Groups, canReach: false).ShouldBe(new WorkerUser("root", "root"));

    [Fact]
    public void A_folder_that_others_may_not_search_is_found_on_the_way()
    {
        using TempFolder temp = new();
        var closed = Directory.CreateDirectory(Path.Combine(temp.Path, "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var below = Directory.CreateDirectory(Path.Combine(closed, "state")).FullName;

        WorkerUsers.FirstClosed(below).ShouldBe(closed);
        WorkerUsers.FirstClosed(temp.Path).ShouldBeNull();
        WorkerUsers.FirstClosed(Path.Combine(temp.Path, "not-there")).ShouldBeNull();
    }
}
