using System.Net;
using System.Net.Sockets;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Linux;
using Testing;

namespace Hosting.Tests.Publishing.Linux;

/// <summary>The parts of the scripts that can be tried without a machine: the file of parameters and what is composed of it.</summary>
[Trait("kind", "process")]
public sealed class ScriptTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public ScriptTests() => File.WriteAllText(_temp.File("common.sh"), LinuxFiles.Script("lib/common.sh"));

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("KEY='a $b \"c\" %d'", 0, "")]
    [InlineData("KEY=\"it's\"", 0, "")]
    [InlineData("KEY=plain/1.0", 0, "")]
    [InlineData("# a comment\n\nKEY='x'", 0, "")]
    [InlineData("KEY=''", 1, "seed: no value for KEY. Set what is missing, then try again.\n")]
    [InlineData("OTHER='x'", 1, "seed: no value for KEY. Set what is missing, then try again.\n")]
    [InlineData("KEY='x'\nrm -rf /", 1, "seed, line 2: write NAME='value', without ' and \\ in it; or NAME=\"value\" without \", $, ` and \\.\n")]
    [InlineData("KEY=$(id)", 1, "seed, line 1: write NAME='value', without ' and \\ in it; or NAME=\"value\" without \", $, ` and \\.\n")]
    [InlineData("KEY=\"$HOME\"", 1, "seed, line 1: write NAME='value', without ' and \\ in it; or NAME=\"value\" without \", $, ` and \\.\n")]
    [InlineData("KEY='a\\b'", 1, "seed, line 1: write NAME='value', without ' and \\ in it; or NAME=\"value\" without \", $, ` and \\.\n")]
    public async Task Parameters_are_checked_before_a_line_of_them_is_read(string text, int code, string says)
    {
        await File.WriteAllTextAsync(_temp.File("seed"), $"{text}\n", TestContext.Current.CancellationToken);

        var (exit, output) = await RunAsync("NEEDED=(KEY); check_seed seed");

        output.ShouldBe(says);
        exit.ShouldBe(code);
    }

    [Theory]
    [InlineData("plain", "NAME='plain'\n")]
    [InlineData("a $b \"c\" #d", "NAME='a $b \"c\" #d'\n")]
    [InlineData("it's", "NAME=\"it's\"\n")]
    [InlineData("it's $5", "The value of NAME has a single quote beside \", $ or ` in it. Choose another one in seed.\n")]
    [InlineData("a\\b", "The value of NAME has a backslash or a line end in it, which not every reader takes the same way. Choose another one in seed.\n")]
    public async Task Composed_values_are_quoted_as_every_reader_takes_them(string value, string line)
        => (await RunAsync($"seed=seed; variable NAME {ShellText.Quote(value)}")).All.ShouldBe(line);

    [Fact]
    public async Task Values_that_were_set_stay_and_keys_that_are_new_come_with_their_comment()
    {
        await File.WriteAllTextAsync(_temp.File("published"), "# Yours\n\n# The first.\nONE='1'\n\n# The second.\n# Needed.\nTWO='2'\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_temp.File("seed"), "ONE='mine'\n", TestContext.Current.CancellationToken);

        var (_, output) = await RunAsync("seed=seed; merge_seed published; merge_seed published");

        output.ShouldBe("seed: TWO added\n");
        (await File.ReadAllTextAsync(_temp.File("seed"), TestContext.Current.CancellationToken)).ShouldBe("ONE='mine'\n\n# The second.\n# Needed.\nTWO='2'\n");
    }

    [Fact]
    public async Task A_port_that_something_else_has_stops_an_installation_before_it_begins()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var plan = $"PROGRAMS=(site); declare -A REPLICAS=([site]={port}) WITH_PORT=([site]=1)";

        var (exit, output) = await RunAsync($"{plan}; supervisor_runs() {{ false; }}; check_ports");
        output.ShouldBe($"Something else than site-{port} listens at port {port} (ss -ltnp 'sport = :{port}' tells what). Stop it, then try again; nothing was changed.\n");
        exit.ShouldBe(1);

        (await RunAsync($"{plan}; supervisor_runs() {{ true; }}; check_ports")).ExitCode.ShouldBe(0, "it is the replica itself");
        other.Stop();
        (await RunAsync($"{plan}; supervisor_runs() {{ false; }}; check_ports")).ExitCode.ShouldBe(0, "the port is free");
    }

    private Task<(int ExitCode, string All)> RunAsync(string line) => Bash.RunAsync($"set -euo pipefail; . {_temp.File("common.sh")}; {line}", _temp.Path);
}
