using System.Diagnostics;

namespace Cli.Tests;

/// <summary>The bash script at the root of the repository; its functions are reached by sourcing it.</summary>
[Trait("kind", "process")]
public sealed class ScriptTests : IDisposable
{
    private static readonly string Script = FindScript();

    private readonly string _folder = Directory.CreateTempSubdirectory("script-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Script_is_valid_bash()
    {
        (await BashAsync("-n", Script)).ShouldBe(new CliRun(0, "", ""));
    }

    [Fact]
    public async Task Help_lists_the_words_and_works_from_any_folder()
    {
        var run = await BashAsync("-c", $"cd / && '{Script}' help");

        run.ExitCode.ShouldBe(0);
        foreach (var word in (string[])["up", "test", "status", "logs", "start|stop|restart", "roll", "scale", "deploy", "rollback", "releases", "command", "operation", "dashboard", "down"])
        {
            run.Out.ShouldContain($"./stack {word}");
        }
    }

    [Theory]
    [InlineData("explode")]
    [InlineData("test --what")]
    [InlineData("up --state")]
    public async Task Usage_errors_exit_with_2(string arguments)
    {
        var run = await BashAsync("-c", $"'{Script}' {arguments}");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Results_of_tests_are_counted_from_all_their_files()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "a.trx"),
            """
            <?xml version="1.0" encoding="utf-8"?>
            <TestRun id="1"><Results>
              <UnitTestResult executionId="1" testName="A(x: &quot; outcome=&quot;)" outcome="Passed" />
              <UnitTestResult executionId="2" testName="B" outcome="Failed"><Output><StdOut>&lt;UnitTestResult outcome="Passed"</StdOut></Output></UnitTestResult>
              <UnitTestResult executionId="3" testName="C" outcome="NotExecuted" />
            </Results><ResultSummary outcome="Failed"><Counters total="3" passed="1" notExecuted="0" /></ResultSummary></TestRun>
            """);
        Directory.CreateDirectory(Path.Combine(_folder, "deeper"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "deeper", "b.trx"),
            """<TestRun><Results><UnitTestResult testName="D" outcome="Passed"/><UnitTestResult testName="E" outcome="Timeout"/><UnitTestResult testName="F"/></Results></TestRun>""");

        (await SourcedAsync($"count_results '{_folder}'")).ShouldBe(new CliRun(0, "2 passed, 3 failed, 1 skipped\n", ""));
    }

    [Fact]
    public async Task No_results_count_as_none()
    {
        (await SourcedAsync($"count_results '{_folder}'")).ShouldBe(new CliRun(0, "0 passed, 0 failed, 0 skipped\n", ""));
    }

    [Fact]
    public async Task Without_nginx_engine_root_and_sudo_the_command_to_run_is_printed()
    {
        var tools = Tools();
        Fake(tools, "id", "echo 1000");
        Fake(tools, "apt-get", "exit 99");

        var run = await SourcedAsync($"PATH={tools}; ensure_nginx; echo reached");

        run.ShouldBe(new CliRun(
            1,
            "",
            "Needed and not installed: nginx. Installing takes root, and there is no sudo that works here. Run as root: apt-get install -y --no-install-recommends nginx\n"));
    }

    [Fact]
    public async Task Sudo_that_would_ask_for_a_password_is_not_used_without_a_terminal()
    {
        var tools = Tools();
        Fake(tools, "id", "echo 1000");
        Fake(tools, "apt-get", "exit 99");
        Fake(tools, "sudo", "exit 1");

        (await SourcedAsync($"PATH={tools}; ensure_nginx")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Nginx_is_installed_by_sudo_that_works()
    {
        var tools = Tools();
        Fake(tools, "id", "echo 1000");
        Fake(tools, "apt-get", "exit 99");
        Fake(tools, "sudo", $"echo \"$*\" >>'{_folder}/asked'");

        (await SourcedAsync($"PATH={tools}; ensure_nginx")).ShouldBe(new CliRun(0, "", "Installing with apt: nginx\n"));
        var asked = await File.ReadAllTextAsync(Path.Combine(_folder, "asked"));
        asked.ShouldStartWith("-n true\n-n sh -c ");
        asked.ShouldEndWith(" install nginx\n");
    }

    [Theory]
    [InlineData("auto", "nginx")]
    [InlineData("auto", "docker")]
    [InlineData("auto", "podman")]
    [InlineData("container", "id")]
    [InlineData("process", "nginx")]
    public async Task Nothing_is_installed_where_nginx_can_run_already(string runtime, string there)
    {
        var tools = Tools();
        Fake(tools, "apt-get", "exit 99");
        Fake(tools, there, "exit 0");

        (await SourcedAsync($"PATH={tools}; STACK_NGINX_RUNTIME={runtime}; ensure_nginx")).ShouldBe(new CliRun(0, "", ""));
    }

    [Fact]
    public async Task Engine_that_does_not_answer_is_no_engine()
    {
        var tools = Tools();
        Fake(tools, "docker", "exit 1");

        (await SourcedAsync($"PATH={tools}; has_container_engine")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Missing_SDK_is_said_with_where_to_get_it()
    {
        const string Where = "Install it from https://dotnet.microsoft.com/download/dotnet/10.0\n";
        var tools = Tools();

        (await SourcedAsync($"PATH={tools}; need_dotnet"))
            .ShouldBe(new CliRun(1, "", $"The .NET 10 SDK is needed, and there is no 'dotnet' on the PATH. {Where}"));

        Fake(tools, "dotnet", "if [ \"$1\" = --list-sdks ]; then echo '8.0.100 [/usr/share/dotnet/sdk]'; echo '9.0.300 [/x]'; else exit 1; fi");
        (await SourcedAsync($"PATH={tools}; need_dotnet")).ShouldBe(new CliRun(1, "", $"The .NET 10 SDK is needed; found: 8.0.100 9.0.300. {Where}"));
    }

    [Fact]
    public async Task AppHost_that_is_running_already_is_named_and_nothing_is_started()
    {
        var tools = Tools();
        Fake(tools, "dotnet", "echo '{ \"seq\": 1, \"supervisor\": { \"pid\": 4711 } }'; exit 3");

        (await SourcedAsync($"PATH={tools}; refuse_second")).ShouldBe(
            new CliRun(1, "", "An AppHost is running already (process 4711). './stack status' shows it, './stack down' stops it.\n"));
    }

    [Fact]
    public async Task AppHost_that_does_not_get_ready_is_ended_and_its_words_are_printed()
    {
        var appHost = Path.Combine(_folder, "AppHost");
        Directory.CreateDirectory(Path.Combine(appHost, ".stack", "logs"));
        await File.WriteAllTextAsync(Path.Combine(appHost, ".stack", "logs", "apphost.log"), "of an earlier run\n");
        var tools = Tools();
        Fake(tools, "dotnet", $"case $1 in *stack-cli.dll) for i in $(seq 100); do [ -e '{_folder}/pid' ] && exit 1; sleep 0.1; done ;; *) echo 'Port 8003 is in use.' >&2; echo $$ >'{_folder}/pid'; exec sleep 60 ;; esac");

        var run = await SourcedAsync($"PATH={tools}; app_host='{appHost}'; named=(); state=.stack; up_detached");

        run.ShouldBe(new CliRun(1, "", "The AppHost said:\nPort 8003 is in use.\n"));
        var pid = (await File.ReadAllTextAsync(Path.Combine(_folder, "pid"))).Trim();
        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
    }

    /// <summary>A folder with the ordinary tools, without nginx, engines, apt-get, sudo and dotnet.</summary>
    private string Tools()
    {
        var tools = Path.Combine(_folder, "tools");
        Directory.CreateDirectory(tools);
        foreach (var tool in (string[])["bash", "sh", "cat", "cut", "paste", "grep", "timeout", "dirname", "mkdir", "touch", "wc", "tail", "setsid", "seq", "sleep", "id", "env"])
        {
            var place = ((string[])["/usr/bin", "/bin"]).Select(folder => Path.Combine(folder, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(tools, tool), place);
        }

        return tools;
    }

    private static void Fake(string tools, string name, string body)
    {
        var path = Path.Combine(tools, name);
        File.Delete(path);
        File.WriteAllText(path, $"#!/bin/bash\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static Task<CliRun> SourcedAsync(string commands) => BashAsync("-c", $"source '{Script}'; {commands}");

    private static async Task<CliRun> BashAsync(params string[] arguments)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        bash.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var output = bash.StandardOutput.ReadToEndAsync(limit.Token);
            var error = bash.StandardError.ReadToEndAsync(limit.Token);
            await bash.WaitForExitAsync(limit.Token);
            return new CliRun(bash.ExitCode, await output, await error);
        }
        finally
        {
            bash.Kill(entireProcessTree: true);
        }
    }

    private static string FindScript()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Stack.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "stack");
    }
}
