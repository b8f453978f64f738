using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Supervision;

// User, mask, limits, score. Some need root: without it the refusal is what is tested.
public abstract partial class LauncherContract
{
    private const string OtherUser = "nobody";
    private const UnixFileMode Passable = (UnixFileMode)0b111_101_101;

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Umask_is_the_childs_alone(int? tie)
    {
        var before = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("Umask", StringComparison.Ordinal));

        await LaunchAndWaitAsync(Request(tie, "/bin/sh", "-c", "umask; touch made") with { Settings = new ProcessSettings { Umask = 0b001_010_111 } });
        await RunAsync(tie, "/bin/sh", "-c", "umask");

        var plain = before[^4..];
        File.ReadAllLines(LogFile).ShouldBe(["0127", plain]);
        File.GetUnixFileMode(Folder.File("made")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.ReadLines("/proc/self/status").ShouldContain(before);
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Limits_are_set(int? tie)
    {
        var limits = new Dictionary<string, ProcessLimit> { ["nofile"] = new(123, 456), ["core"] = 0, ["cpu"] = new(1000, 2000) };

        await LaunchAndWaitAsync(Request(tie, "/bin/sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Ht") with { Settings = new ProcessSettings { Limits = limits } });

        File.ReadAllLines(LogFile).ShouldBe(["123", "456", "0", "2000"]);
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Score_for_lack_of_memory_is_set(int? tie)
    {
        await LaunchAndWaitAsync(Request(tie, "/bin/cat", "/proc/self/oom_score_adj") with { Settings = new ProcessSettings { OutOfMemoryScore = 654 } });

        File.ReadAllText(LogFile).Trim().ShouldBe("654");
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Privileges_can_be_shut_off(int? tie)
    {
        await LaunchAndWaitAsync(Request(tie, "/bin/grep", "NoNewPrivs", "/proc/self/status") with { Settings = new ProcessSettings { NoNewPrivileges = true } });
        await RunAsync(tie, "/bin/grep", "NoNewPrivs", "/proc/self/status");

        File.ReadAllLines(LogFile).ShouldBe(["NoNewPrivs:\t1", "NoNewPrivs:\t0"]);
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Child_runs_as_another_user_with_that_users_groups_and_nothing_of_ours(int? tie)
    {
        File.SetUnixFileMode(Folder.Path, Passable);
        var request = Request(tie, "/bin/sh", "-c", "id -un; id -G; grep -h -E 'NoNewPrivs|CapEff|CapPrm' /proc/self/status; echo written; pwd") with { Settings = new ProcessSettings { User = OtherUser } };
        if (await IsRefusedAsync(request))
        {
            return;
        }

        await LaunchAndWaitAsync(request);

        var group = File.ReadLines("/etc/passwd").Select(l => l.Split(':')).Single(f => f[0] == OtherUser)[3];
        File.ReadAllLines(LogFile).ShouldBe([OtherUser, group, "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1", "written", Folder.Path]);
    }

    [Fact]
    public async Task Group_and_numbers_are_taken_too()
    {
        File.SetUnixFileMode(Folder.Path, Passable);
        var request = Request(9, "/bin/sh", "-c", "id -u; id -G") with { Settings = new ProcessSettings { User = OtherUser, Group = "daemon" } };
        if (await IsRefusedAsync(request))
        {
            return;
        }

        await LaunchAndWaitAsync(request);
        await LaunchAndWaitAsync(Request(null, "/bin/sh", "-c", "id -u; id -G") with { Settings = new ProcessSettings { User = "54321", Group = "54322" } });

        var user = File.ReadLines("/etc/passwd").Select(l => l.Split(':')).Single(f => f[0] == OtherUser);
        File.ReadAllLines(LogFile).ShouldBe([user[2], "1", "54321", "54322"]);
    }

    [Theory]
    [InlineData("no-such-user", null, "The user 'no-such-user' does not exist. Make it with 'useradd --system no-such-user', or correct User.")]
    [InlineData("nobody", "no-such-group", "The group 'no-such-group' does not exist. Make it with 'groupadd --system no-such-group', or correct Group.")]
    [InlineData("54321", null, "User 54321 has no entry in the system's user database, so its group is not known. Set Group too, or make the user with 'useradd'.")]
    public async Task Unknown_user_or_group_is_named(string user, string? group, string message)
    {
        var failure = await FailAsync(Request(9, "/bin/true") with { Settings = new ProcessSettings { User = user, Group = group } });

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe(message);
    }

    [Fact]
    public async Task Own_user_needs_no_right_to_change_it()
    {
        await LaunchAndWaitAsync(Request(null, "/usr/bin/id", "-un") with { Settings = new ProcessSettings { User = Environment.UserName } });

        File.ReadAllText(LogFile).Trim().ShouldBe(Environment.UserName);
    }

    [Fact]
    public async Task Limit_that_can_not_be_had_is_named()
    {
        var most = long.Parse(File.ReadAllText("/proc/sys/fs/nr_open"));

        var failure = await FailAsync(Request(9, "/bin/true") with { Settings = new ProcessSettings { Limits = new Dictionary<string, ProcessLimit> { ["nofile"] = most + 1 } } });

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldStartWith($"Limit 'nofile' can't be set to {most + 1}: ");
    }

    [Fact]
    public async Task Folders_and_programs_that_the_other_user_can_not_reach_are_named()
    {
        var request = Request(9, "/bin/true") with { Settings = new ProcessSettings { User = OtherUser } };
        if (await IsRefusedAsync(request))
        {
            return;
        }

        var secret = Folder.File("secret");
        Directory.CreateDirectory(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var program = Path.Combine(secret, "tool");
        File.WriteAllText(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, Passable);

        var folder = await FailAsync(request);
        File.SetUnixFileMode(Folder.Path, Passable);
        var tool = await FailAsync(request with { FileName = program });
        var keys = await FailAsync(request with { Folders = [secret] });

        folder.Message.ShouldBe($"User '{OtherUser}' can't enter the working directory '{Folder.Path}': Permission denied. Give the user access to it and to each folder above, or set another with Directory.");
        tool.Message.ShouldBe($"User '{OtherUser}' can't execute the program '{program}': Permission denied. Give the user access to it and to each folder above.");
        keys.Message.ShouldBe($"User '{OtherUser}' can't use the folder '{secret}': Permission denied. Let the user pass through each folder above it, or set Stack:State to a folder where that is so.");
        File.Exists(LogFile).ShouldBeFalse("nothing may be touched by a launch that is refused");
    }

    // Without root's rights the refusal is all there is to test.
    private async Task<bool> IsRefusedAsync(LaunchRequest request)
    {
        if (Environment.UserName == "root")
        {
            return false;
        }

        (await FailAsync(request)).Message.ShouldBe($"Only an AppHost that runs as root can start a process as user '{OtherUser}'. Run it as root, or set User in production only.");
        return true;
    }
}
