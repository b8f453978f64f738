using Stack.Hosting.Nginx.Status;

namespace Stack.Hosting.Nginx.Tests.Status;

public sealed class ConnectionMeterTests : IDisposable
{
    private readonly ConnectionMeter _meter = new();
    private readonly MeterLines _lines;

    public ConnectionMeterTests() => _lines = new MeterLines(_meter);

    public void Dispose()
    {
        _lines.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void What_was_counted_before_the_first_look_is_no_growth()
    {
        _meter.Take(new StubStatus(Active: 5, Accepted: 1000, Handled: 990, Reading: 1, Writing: 2, Waiting: 2));

        _lines.Read().ShouldBe("accepted 0, active 5, handled 0, reading 1, waiting 2, writing 2");
    }

    [Fact]
    public void Growth_is_counted_also_that_of_an_Nginx_that_began_anew()
    {
        _meter.Take(new StubStatus(1, Accepted: 1000, Handled: 990, 0, 0, 1));
        _meter.Take(new StubStatus(1, Accepted: 1010, Handled: 997, 0, 0, 1));
        _meter.Take(null);
        _meter.Take(new StubStatus(1, Accepted: 3, Handled: 3, 0, 0, 1));

        _lines.Read().ShouldBe("accepted 13, active 1, handled 10, reading 0, waiting 1, writing 0");
    }

    [Fact]
    public void Of_an_Nginx_that_does_not_answer_nothing_is_said()
    {
        _meter.Take(new StubStatus(5, 1000, 1000, 1, 2, 2));
        _meter.Take(null);

        _lines.Read().ShouldBe("accepted 0, handled 0");
    }
}
