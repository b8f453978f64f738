using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Tests.Fakes;
using Testing;

namespace ServiceDefaults.Tests.Commands;

public sealed class StackCommandsTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Error => _error.ToString().TrimEnd();

    [Theory]
    [InlineData("")]
    [InlineData("--urls http://127.0.0.1:1")]
    [InlineData("probe http://127.0.0.1:1")]
    [InlineData("--urls --probe")]
    public async Task Site_starts_where_no_command_is_given(string args)
        => (await RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldBeNull();

    [Theory]
    [InlineData(200, null, 0)]
    [InlineData(204, null, 0)]
    [InlineData(302, null, 1)]
    [InlineData(404, null, 1)]
    [InlineData(503, null, 1)]
    [InlineData(503, "503", 0)]
    [InlineData(200, "204", 1)]
    public async Task Probe_tells_by_its_exit_code_whether_the_answer_was_the_right_one(int status, string? expected, int code)
    {
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/asked", (HttpContext context) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/health";
        }));
        var address = new Uri(site.Address, "/asked");

        (await RunAsync(["--probe", address.ToString(), .. expected is null ? (string[])[] : [expected]])).ShouldBe(code);

        Error.ShouldBe(code == 0 ? "" : $"{address} answered {status}.");
    }

    [Fact]
    public async Task Probe_of_an_address_where_nobody_listens_fails()
    {
        (await RunAsync("--probe", "http://127.0.0.1:1/health")).ShouldBe(1);

        Error.ShouldStartWith("http://127.0.0.1:1/health did not answer: Connection refused");
    }

    [Fact]
    public async Task Probe_waits_three_seconds_and_no_longer()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var time = new ManualTimeProvider();

        var probe = RunAsync(time, "--probe", $"http://{mute.LocalEndpoint}/");
        time.NextDue.ShouldBe(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));

        (await probe).ShouldBe(1);
        Error.ShouldBe($"http://{mute.LocalEndpoint}/ did not answer within 3 s.");
    }

    [Theory]
    [InlineData("--probe")]
    [InlineData("--probe /health")]
    [InlineData("--probe ftp://127.0.0.1/")]
    [InlineData("--probe http://127.0.0.1/ ok")]
    [InlineData("--probe http://127.0.0.1/ 1000")]
    [InlineData("--probe http://127.0.0.1/ 200 204")]
    public async Task Probe_that_can_not_be_understood_says_how_it_is_written(string args)
    {
        (await RunAsync(args.Split(' '))).ShouldBe(2);

        Error.ShouldBe("--probe takes an http or https address and, where it is not to be any of 200 to 299, the status that is expected: --probe http://127.0.0.1:8001/health 204");
    }

    [Fact]
    public async Task Sleep_takes_as_long_as_it_is_told()
    {
        var time = new ManualTimeProvider();

        var sleep = RunAsync(time, "--sleep", "5");
        time.Advance(TimeSpan.FromSeconds(4.9));
        sleep.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));

        (await sleep).ShouldBe(0);
    }

    [Theory]
    [InlineData("--sleep")]
    [InlineData("--sleep long")]
    [InlineData("--sleep -1")]
    [InlineData("--sleep 3601")]
    public async Task Sleep_that_can_not_be_understood_says_how_it_is_written(string args)
    {
        (await RunAsync(args.Split(' '))).ShouldBe(2);

        Error.ShouldBe("--sleep takes a number of seconds, at most 3600: --sleep 5");
    }

    [Fact]
    public async Task First_key_is_made_in_a_folder_of_the_owners_own_and_a_second_time_nothing()
    {
        using var folder = new TempFolder();
        var keys = Path.Combine(folder.Path, "new", "keys");

        (await CreateKeysAsync(keys)).ShouldBe(0);
        var made = Directory.GetFiles(keys, "*.xml").ShouldHaveSingleItem();
        (await CreateKeysAsync(keys)).ShouldBe(0);

        Directory.GetFiles(keys, "*.xml").ShouldBe([made]);
        File.GetUnixFileMode(keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _output.ToString().Split(Environment.NewLine).ShouldBe([$"A key was made in '{keys}'.", $"'{keys}' has a key already.", ""]);
    }

    [Fact]
    public async Task Site_uses_the_key_that_was_made_for_it()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");
        await CreateKeysAsync(keys);

        await using var site = await TestSite.StartAsync(new() { ["STACK_KEYS"] = keys });
        site.App.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("text");

        Directory.GetFiles(keys, "*.xml").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Twenty_at_once_make_one_key()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");

        var codes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => StackCommands.TryRunAsync(
            ["--create-keys"], keys, TimeProvider.System, TextWriter.Null, TextWriter.Null, TestContext.Current.CancellationToken))));

        codes.ShouldAllBe(code => code == 0);
        Directory.GetFiles(keys, "*.xml").ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Twenty_processes_at_once_make_one_key()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");
        var processes = Enumerable.Range(0, 20).Select(_ => SiteProcess.Run(["--create-keys"], ("STACK_KEYS", keys), ("HOME", null), ("DOTNET_TieredPGO", "0"))).ToList();

        foreach (var process in processes)
        {
            await using (process)
            {
                (await process.ExitAsync(TimeSpan.FromSeconds(90))).ShouldBe(0, process.Output);
            }
        }

        Directory.GetFiles(keys, "*.xml").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task Keys_need_the_variable_that_names_their_folder(string? keys)
    {
        (await CreateKeysAsync(keys)).ShouldBe(2);

        Error.ShouldBe("--create-keys makes a key in the folder that STACK_KEYS names, but STACK_KEYS is not set.");
    }

    [Fact]
    public async Task Folder_that_can_not_be_written_to_is_named_with_the_user()
    {
        (await CreateKeysAsync("/proc/self/keys")).ShouldBe(1);

        Error.ShouldStartWith($"User '{Environment.UserName}' can't make a key in '/proc/self/keys': ");
        Error.ShouldEndWith("Give the user the folder (mode 0700), or set STACK_KEYS to another one.");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Site_as_a_process_probes_another_and_ends_without_serving()
    {
        await using var site = await SiteProcess.StartAsync();
        await using var well = SiteProcess.Run(["--probe", new Uri(site.Address, "/health").ToString()]);
        await using var ill = SiteProcess.Run(["--probe", new Uri(site.Address, "/nowhere").ToString()]);

        (await well.ExitAsync()).ShouldBe(0);
        (await ill.ExitAsync()).ShouldBe(1);
        well.Output.ShouldBeEmpty();
        ill.Output.ShouldBe($"{site.Address}nowhere answered 404.\n");
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int?> CreateKeysAsync(string? folder)
        => StackCommands.TryRunAsync(["--create-keys"], folder, TimeProvider.System, _output, _error, TestContext.Current.CancellationToken);

    private Task<int?> RunAsync(params string[] args) => RunAsync(TimeProvider.System, args);

    private Task<int?> RunAsync(TimeProvider time, params string[] args)
        => StackCommands.TryRunAsync(args, keys: null, time, _output, _error, TestContext.Current.CancellationToken);
}
