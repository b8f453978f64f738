using Aspire.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Building;

public sealed class SupervisionSettingsTests
{
    [Theory]
    [InlineData("022", 18)]
    [InlineData("0027", 23)]
    [InlineData("0", 0)]
    [InlineData("777", 511)]
    [InlineData("1000", null)]
    [InlineData("028", null)]
    [InlineData("", null)]
    [InlineData("u=rwx", null)]
    [InlineData("00000000000000000000000000000000000022", 18)]
    [InlineData("7777777777777777777777777777777", null)]
    public void Umask_is_read_as_octal(string text, int? mask) => SupervisionFaults.Mask(text).ShouldBe(mask);

    [Fact]
    public void Settings_that_can_not_be_meant_are_refused_together_where_they_are_made()
    {
        var tool = Models.Empty().AddExecutable("tool", "/bin/true", "/");

        Should.Throw<DistributedApplicationException>(() => tool.WithSupervision(s =>
        {
            s.Umask = "18";
            s.StopSignal = 0;
            s.OutOfMemoryScore = 1001;
            s.User = " ";
            s.Limits["files"] = 1;
            s.Limits["nproc"] = -2;
            s.Limits["nofile"] = new ProcessLimit(ProcessLimit.Unlimited, 100);
        })).Message.Split(Environment.NewLine).ShouldBe(
        [
            "Resource 'tool': Umask is \"18\", which is no file mode mask. Give three octal digits, as a shell's umask takes them: \"022\", \"027\", \"077\".",
            "Resource 'tool': StopSignal is 0, which is no signal. Give its number, 1 to 64: 15 for TERM, 3 for QUIT, 2 for INT.",
            "Resource 'tool': OutOfMemoryScore is 1001. It goes from -1000 (never ended for lack of memory) to 1000 (ended first).",
            "Resource 'tool': User is empty. Leave it out, or name one.",
            "Resource 'tool': there is no limit 'files'. Those that can be set are as, core, cpu, data, fsize, memlock, nofile, nproc, stack.",
            "Resource 'tool': limit 'nproc' is -2. Give a number, or -1 for no limit.",
            "Resource 'tool': limit 'nofile' is unlimited:100: the soft limit is above the hard one. Lower the first, or raise the second.",
        ]);
    }

    [Fact]
    public void Settings_made_by_an_annotation_are_refused_with_the_plan()
    {
        var builder = Models.Empty();
        builder.AddExecutable("tool", "/bin/true", "/").WithAnnotation(new SupervisionAnnotation(new SupervisionOptions { Umask = "9" }));

        Should.Throw<DistributedApplicationException>(() => Plan(builder)).Message.ShouldStartWith("Resource 'tool': Umask is \"9\"");
    }

    [Fact]
    public void Container_can_not_have_what_holds_for_processes()
    {
        var builder = Models.Empty();
        builder.AddContainer("cache", "redis").WithSupervision(s =>
        {
            s.User = "nobody";
            s.StopWaitSecs = TimeSpan.FromSeconds(3);
        });

        Should.Throw<DistributedApplicationException>(() => Plan(builder)).Message.ShouldBe(
            "Resource 'cache' is a container, which User can't be set for by WithSupervision. Use WithContainerRuntimeArgs, whose arguments go to the engine's 'create' command.");
    }

    [Fact]
    public void Settings_become_those_of_the_process()
    {
        var options = new SupervisionOptions { Umask = "027", User = "www-data", Group = "adm", OutOfMemoryScore = -5, NoNewPrivileges = false };
        options.Limits["nofile"] = 100;

        var settings = ProcessSettings.From(options);

        settings.Umask.ShouldBe(0b010_111);
        settings.User.ShouldBe("www-data");
        settings.Group.ShouldBe("adm");
        settings.OutOfMemoryScore.ShouldBe(-5);
        settings.NoNewPrivileges.ShouldBe(false);
        settings.Limits["nofile"].ShouldBe(new ProcessLimit(100, 100));
    }

    [Fact]
    public void Changed_settings_make_another_launch_and_the_same_ones_do_not()
    {
        var plain = new LaunchRequest { FileName = "/bin/true", Arguments = [], WorkingDirectory = "/", Environment = new Dictionary<string, string>(), LogFile = "/dev/null" };
        static ProcessSettings Settings(params (string Name, ProcessLimit Limit)[] limits) => new() { User = "nobody", Umask = 0b010_010, Limits = limits.ToDictionary(l => l.Name, l => l.Limit) };
        string Hash(ProcessSettings settings) => LaunchHash.Of(plain with { Settings = settings }, readsFilesAgain: false);

        Hash(Settings(("core", 0), ("nofile", 100))).ShouldBe(Hash(Settings(("nofile", 100), ("core", 0))));
        Hash(new ProcessSettings()).ShouldBe(Hash(ProcessSettings.Inherited));
        string[] hashes = [Hash(new()), Hash(Settings()), Hash(Settings(("core", 0))), Hash(Settings(("core", 1))), Hash(Settings() with { NoNewPrivileges = false }), Hash(Settings() with { Group = "adm" })];
        hashes.ShouldBeUnique();
    }

    private static StackPlan Plan(IDistributedApplicationBuilder builder) => new PlanMaker(FreePorts.Find, randomizePorts: false).Make(builder.Resources);
}
