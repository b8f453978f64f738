using Stack.Hosting.Nginx.Status;

namespace Stack.Hosting.Nginx.Tests.Status;

public sealed class StubStatusTests
{
    [Fact]
    public void All_numbers_are_read_and_the_connection_that_asks_is_left_out()
    {
        var status = StubStatus.Parse("Active connections: 292 \nserver accepts handled requests\n 16630948 16630940 31070465 \nReading: 6 Writing: 180 Waiting: 106 \n");

        status.ShouldBe(new StubStatus(Active: 291, Accepted: 16630948, Handled: 16630940, Reading: 6, Writing: 179, Waiting: 106));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><h1>404 Not Found</h1></html>")]
    [InlineData("Active connections: 292 \nserver accepts handled requests\n 16630948 16630940 31070465 \nReading: 6 Writing: 180 \n")]
    [InlineData("Active connections: 99999999999999999999 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n")]
    public void What_is_no_status_is_none(string text) => StubStatus.Parse(text).ShouldBeNull();
}
