using System.Net;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Tests.Web.Security;

public sealed class LoginThrottleTests
{
    private readonly SettableClock _clock = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = new LoginThrottle(_clock);

    [Fact]
    public void Ten_failures_close_the_door_until_the_minute_is_over()
    {
        for (var i = 0; i < 10; i++)
        {
            _throttle.Wait(IPAddress.Loopback).ShouldBeNull();
            _throttle.Fail(IPAddress.Loopback);
        }

        _clock.Now += TimeSpan.FromSeconds(20);
        _throttle.Wait(IPAddress.Loopback).ShouldBe(TimeSpan.FromSeconds(40));
        _clock.Now += TimeSpan.FromSeconds(40);
        _throttle.Wait(IPAddress.Loopback).ShouldBeNull();
    }

    [Fact]
    public void Failures_of_an_earlier_minute_do_not_count()
    {
        for (var i = 0; i < 9; i++)
        {
            _throttle.Fail(IPAddress.Loopback);
        }

        _clock.Now += TimeSpan.FromSeconds(61);
        _throttle.Fail(IPAddress.Loopback);

        _throttle.Wait(IPAddress.Loopback).ShouldBeNull();
    }

    [Fact]
    public void One_address_does_not_lock_out_another()
    {
        for (var i = 0; i < 10; i++)
        {
            _throttle.Fail(IPAddress.Parse("192.0.2.1"));
        }

        _throttle.Wait(IPAddress.Loopback).ShouldBeNull();
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 8, 15, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
