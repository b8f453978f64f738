using System.Diagnostics;
using System.Runtime.Versioning;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>The contract of a launcher, on real processes: once started plainly, once tied to the AppHost's life.</summary>
[SupportedOSPlatform("linux")]
public abstract partial class LauncherContract : InstanceProcessContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly IProcessLauncher _launcher;
    private readonly List<IInstanceProcess> _started = [];

    private protected LauncherContract(string choice) => _launcher = Launchers.Create(_logger, choice);

    public static TheoryData<int?> Ties => new((int?)null, 9);

    /// <summary>Lines of the environment that the launcher adds for a child that is tied to the AppHost's life.</summary>
    protected virtual string[] TieVariables => [];

    private protected TempFolder Folder => _folder;

    private protected RecordingLogger Logger => _logger;

    private protected string LogFile => _folder.File("child.log");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (var process in _started)
        {
            process.Signal(9);
            process.Exited.Wait(Wait.Patience).ShouldBeTrue();
        }

        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Exit_code_and_output_arrive(int? tie)
    {
        var exit = await RunAsync(tie, "/bin/sh", "-c", "echo out; echo err >&2; exit 7");

        exit.ShouldBe(new ExitFacts(ExitKind.Code, 7));
        File.ReadAllText(LogFile).ShouldBe("out\nerr\n");
    }

    [Fact]
    public async Task Output_is_appended()
    {
        await RunAsync(null, "/bin/echo", "first");
        await RunAsync(null, "/bin/echo", "second");

        File.ReadAllText(LogFile).ShouldBe("first\nsecond\n");
        File.GetUnixFileMode(LogFile).HasFlag(UnixFileMode.OtherRead).ShouldBeFalse();
    }

    [Fact]
    public async Task Death_by_signal_is_told_from_exit()
    {
        var exit = await RunAsync(null, "/bin/sh", "-c", "kill -SEGV $$");

        exit.ShouldBe(new ExitFacts(ExitKind.Signal, 11));
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Arguments_arrive_as_they_are(int? tie)
    {
        string[] arguments = ["with space", "", "quote\"'`", "100% $HOME \\", "Grüße, 世界", "line\nbreak", "-x", "--"];

        await RunAsync(tie, "/usr/bin/printf", ["[%s]\\n", .. arguments]);

        File.ReadAllText(LogFile).ShouldBe(string.Concat(arguments.Select(a => $"[{a}]\n")));
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Environment_is_exactly_what_was_asked_for(int? tie)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["services__my-app__http__0"] = "http://127.0.0.1:8001",
            ["Logging:Level"] = "a b=c",
            ["EMPTY"] = "",
            ["PWD"] = "/somewhere/else",
            ["1ST"] = "begins with a digit",
            ["GRÜSSE"] = "世界",
        };

        await LaunchAndWaitAsync(Request(tie, "/usr/bin/env") with { Environment = environment });

        var expected = environment.Select(v => $"{v.Key}={v.Value}").Concat(tie is null ? [] : TieVariables);
        File.ReadAllLines(LogFile).Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Program_by_name_is_found_on_the_childs_own_path(int? tie)
    {
        File.WriteAllText(_folder.File("my-tool"), "#!/bin/sh\necho found\n");
        File.SetUnixFileMode(_folder.File("my-tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await LaunchAndWaitAsync(Request(tie, "my-tool") with { Environment = new Dictionary<string, string> { ["PATH"] = $"/usr/bin:{_folder.Path}" } });

        File.ReadAllText(LogFile).ShouldBe("found\n");
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Working_directory_is_the_one_asked_for(int? tie)
    {
        await RunAsync(tie, "/bin/pwd");

        File.ReadAllText(LogFile).Trim().ShouldBe(_folder.Path);
    }

    [Fact]
    public async Task Missing_program_is_named()
    {
        var path = _folder.File("missing");

        var failure = await FailAsync(Request(null, path));

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe($"The program '{path}' does not exist. Build it, or correct its path.");
    }

    [Fact]
    public async Task Missing_program_on_the_path_is_named()
    {
        var failure = await FailAsync(Request(9, "no-such-program-anywhere"));

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe("The program 'no-such-program-anywhere' was not found on PATH. Install it, or give its full path.");
    }

    [Fact]
    public async Task Folder_instead_of_a_program_is_named()
    {
        var failure = await FailAsync(Request(null, _folder.Path));

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe($"The program '{_folder.Path}' is a directory.");
    }

    [Fact]
    public async Task Program_that_may_not_be_executed_is_named()
    {
        var path = _folder.File("plain.txt");
        File.WriteAllText(path, "text");

        var failure = await FailAsync(Request(9, path));

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe($"The program '{path}' is not executable: Permission denied. Allow it with 'chmod +x'.");
    }

    [Theory]
    [InlineData("neither program nor script", "The program '{0}' is neither a program for this machine nor a script with a '#!' line.")]
    [InlineData("", "The program '{0}' is neither a program for this machine nor a script with a '#!' line.")]
    [InlineData("#! /no/such/shell -e\n", "The program '{0}' names the interpreter '/no/such/shell', which does not exist. Install it, or correct the program's first line.")]
    [InlineData("#!/bin/sh\r\nexit 0\r\n", "The program '{0}' has lines that end in CR LF, so its interpreter '/bin/sh' is not found. Write it with LF.")]
    public async Task Program_that_is_none_is_named(string content, string message)
    {
        var path = _folder.File("garbage");
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var plain = await FailAsync(Request(null, path));
        var tied = await FailAsync(Request(9, path));

        plain.IsPermanent.ShouldBeTrue();
        plain.Message.ShouldBe(message.Replace("{0}", path));
        tied.Message.ShouldBe(plain.Message);
    }

    [Fact]
    public async Task Missing_working_directory_is_named()
    {
        var failure = await FailAsync(Request(null, "/bin/true") with { WorkingDirectory = _folder.File("nowhere") });

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldBe($"The working directory '{_folder.File("nowhere")}' does not exist.");
    }

    [Fact]
    public async Task Log_file_that_can_not_be_opened_is_named()
    {
        var failure = await FailAsync(Request(null, "/bin/true") with { LogFile = _folder.Path });

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldStartWith($"The log file '{_folder.Path}' can't be opened: ");
    }

    [Fact]
    public async Task Stopped_process_takes_a_kill()
    {
        var process = await LaunchAsync(null, "/bin/sleep", "1000");
        process.Signal(19);
        await Wait.Until(() => ProcessTable.Find(process.Pid)?.State == 'T');

        process.Signal(9);

        (await process.Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Signal, 9));
    }

    [Fact]
    public async Task Children_of_the_runtimes_own_kind_keep_their_exit_codes_beside_ours()
    {
        async Task<int> Foreign(int code)
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exit {code}"]) { UseShellExecute = false })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }

        var foreign = Enumerable.Range(0, 30).Select(Foreign).ToList();
        var own = Enumerable.Range(0, 30).Select(async code => (await (await LaunchAsync(null, "/bin/sh", "-c", $"exit {code}")).Exited).Value).ToList();

        (await Task.WhenAll(own).Within()).ShouldBe(Enumerable.Range(0, 30));
        (await Task.WhenAll(foreign).Within()).ShouldBe(Enumerable.Range(0, 30));
    }

    [Fact]
    public async Task A_hundred_exits_leave_no_zombie_and_no_descriptor()
    {
        await RunAsync(null, "/bin/true");
        var before = Descriptors();

        for (var round = 0; round < 100; round++)
        {
            await RunAsync(null, "/bin/true");
        }

        ProcessTable.All().Where(p => p.Parent == Environment.ProcessId && _started.Exists(s => s.Pid == p.Pid)).ShouldBeEmpty();
        await Wait.Until(() => Descriptors() < before + 50, () => $"{before} before, {Descriptors()} after");
    }

    // Other tests run beside this one, and hold some of their own.
    private static int Descriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(f => f.LinkTarget == "anon_inode:[pidfd]");

    private protected override Task<IInstanceProcess> RunningAsync() => LaunchAsync(null, "/bin/sleep", "1000");

    private protected override Task<IInstanceProcess> EndingAsync(int code) => LaunchAsync(9, "/bin/sh", "-c", $"exit {code}");

    private protected override Task<IInstanceProcess> MissingAsync() => LaunchAsync(9, _folder.File("missing"));

    private protected static bool IsLive(int pid) => ProcessTable.Find(pid) is { IsLive: true };

    private protected LaunchRequest Request(int? tie, string program, params string[] arguments) => new()
    {
        FileName = program,
        Arguments = arguments,
        WorkingDirectory = _folder.Path,
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LC_ALL"] = "C.UTF-8" },
        LogFile = LogFile,
        ParentDeathSignal = tie,
    };

    private protected Task<IInstanceProcess> LaunchAsync(int? tie, string program, params string[] arguments) => LaunchAsync(Request(tie, program, arguments));

    private protected async Task<IInstanceProcess> LaunchAsync(LaunchRequest request)
    {
        var process = await _launcher.LaunchAsync(request, CancellationToken.None);
        lock (_started)
        {
            _started.Add(process);
        }

        return process;
    }

    private protected Task<ExitFacts> RunAsync(int? tie, string program, params string[] arguments) => LaunchAndWaitAsync(Request(tie, program, arguments));

    private protected async Task<ExitFacts> LaunchAndWaitAsync(LaunchRequest request) => await (await LaunchAsync(request)).Exited.Within(seen: () => File.ReadAllText(LogFile));

    private protected async Task<LaunchException> FailAsync(LaunchRequest request) => await Should.ThrowAsync<LaunchException>(() => LaunchAsync(request));
}
