using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

public sealed class LaunchMemoryTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly LaunchMemory _memory = new();
    private int _generation;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task What_ran_before_is_put_back_with_a_launch_count_of_its_own()
    {
        await Launch(Request("old"));
        _memory.Keep();
        await Launch(Request("new"));

        _memory.PutBack().ShouldBeTrue();

        var next = await Launch(Request("new"));
        next.Arguments.ShouldBe(["old"]);
        next.Environment["STACK_GENERATION"].ShouldBe("3");
        (await Launch(Request("new"))).Arguments.ShouldBe(["old"]);
    }

    [Fact]
    public async Task The_next_roll_brings_the_new_one_again()
    {
        await Launch(Request("old"));
        _memory.Keep();
        await Launch(Request("new"));
        _memory.PutBack();
        await Launch(Request("new"));

        _memory.Keep();

        (await Launch(Request("new"))).Arguments.ShouldBe(["new"]);
        _memory.PutBack().ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_launch_is_nothing_to_go_back_to()
    {
        await Launch(Request("old"));
        _memory.Keep();
        await Launch(Request("old"));

        _memory.PutBack().ShouldBeFalse();
    }

    [Fact]
    public async Task Another_variable_is_another_launch()
    {
        await Launch(Request("old"));
        _memory.Keep();
        await Launch(Request("old") with { Environment = new Dictionary<string, string> { ["COLOUR"] = "red" } });

        _memory.PutBack().ShouldBeTrue();
    }

    [Fact]
    public async Task A_launch_that_can_not_be_made_is_another_one()
    {
        await Launch(Request("old"));
        _memory.Keep();
        await Should.ThrowAsync<IOException>(() => _memory.NextAsync(2, _ => throw new IOException("no such value"), TestContext.Current.CancellationToken));

        _memory.PutBack().ShouldBeTrue();
    }

    [Fact]
    public async Task Files_that_are_gone_are_nothing_to_go_back_to()
    {
        var program = Path.Combine(_temp.Path, "site.dll");
        await File.WriteAllTextAsync(program, "", TestContext.Current.CancellationToken);
        await Launch(Request(program));
        _memory.Keep();
        await Launch(Request("new"));

        File.Delete(program);
        _memory.PutBack().ShouldBeFalse();
    }

    [Fact]
    public async Task What_never_ran_is_nothing_to_go_back_to()
    {
        _memory.Keep();
        await Launch(Request("new"));

        _memory.PutBack().ShouldBeFalse();
    }

    [Fact]
    public async Task What_an_earlier_AppHost_launched_is_put_back_as_the_kernel_knows_it()
    {
        var running = RunningProgram.Read(Environment.ProcessId).ShouldNotBeNull();
        running.FileName.ShouldBe(Environment.ProcessPath);
        running.WorkingDirectory.ShouldBe(Environment.CurrentDirectory);
        running.Environment["PATH"].ShouldBe(Environment.GetEnvironmentVariable("PATH"));
        _memory.Keep(running);
        await Launch(Request("new"));

        _memory.PutBack().ShouldBeTrue();

        var next = await Launch(Request("new"));
        next.FileName.ShouldBe(running.FileName);
        next.Arguments.ShouldBe(running.Arguments);
        next.LogFile.ShouldBe(Request("new").LogFile);
    }

    [Fact]
    public async Task It_is_put_back_also_while_the_next_attempt_of_the_new_one_is_being_made()
    {
        _memory.Keep(RunningProgram.Read(Environment.ProcessId).ShouldNotBeNull());
        await Launch(Request("new"));
        var made = new TaskCompletionSource<LaunchRequest>();
        var attempt = _memory.NextAsync(3, _ => made.Task, TestContext.Current.CancellationToken);

        _memory.PutBack().ShouldBeTrue();

        made.SetResult(Request("new"));
        await attempt;
        (await Launch(Request("new"))).FileName.ShouldBe(Environment.ProcessPath);
    }

    [Fact]
    public void A_process_that_is_gone_tells_nothing() => RunningProgram.Read(int.MaxValue).ShouldBeNull();

    private Task<LaunchRequest> Launch(LaunchRequest request)
    {
        var generation = ++_generation;
        var environment = new Dictionary<string, string>(request.Environment) { ["STACK_GENERATION"] = $"{generation}" };
        return _memory.NextAsync(generation, _ => Task.FromResult(request with { Environment = environment }), TestContext.Current.CancellationToken);
    }

    private LaunchRequest Request(string argument) => new()
    {
        FileName = "/bin/sh",
        Arguments = [argument],
        WorkingDirectory = _temp.Path,
        Environment = new Dictionary<string, string>(),
        LogFile = Path.Combine(_temp.Path, "site.log"),
    };
}
