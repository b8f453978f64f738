using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class SystemdNotifyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_reaches_the_socket_by_path_or_abstract_name(bool isAbstract)
    {
        using var socket = new NotifySocket(isAbstract ? $"@stack-test-{Guid.NewGuid():N}" : _folder.File("notify"));

        new SystemdNotify(socket.Address, null).Send("READY=1", "STATUS=2 of 2 ready").ShouldBeTrue();

        (await socket.NextAsync()).ShouldBe("READY=1\nSTATUS=2 of 2 ready");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("vsock:2:1234")]
    public void Without_a_socket_of_that_kind_nobody_is_told(string? address)
    {
        var systemd = new SystemdNotify(address, TimeSpan.FromSeconds(30));

        systemd.IsHeard.ShouldBeFalse();
        systemd.Watchdog.ShouldBeNull();
        systemd.Send("READY=1").ShouldBeFalse();
    }

    [Fact]
    public void A_manager_that_is_gone_is_no_error() => new SystemdNotify(_folder.File("nobody"), null).Send("READY=1").ShouldBeFalse();

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "4711", 30.0)]
    [InlineData("30000000", "4712", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_for_the_process_that_it_names(string? microseconds, string? meantFor, double? seconds)
        => SystemdNotify.Interval(microseconds, meantFor, pid: 4711)?.TotalSeconds.ShouldBe(seconds!.Value);
}
