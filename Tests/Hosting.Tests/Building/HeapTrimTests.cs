using Stack.Hosting.Building;
using Testing;

namespace Hosting.Tests.Building;

public sealed class HeapTrimTests
{
    [Fact]
    public void Garbage_is_collected_when_much_may_have_come_together_and_only_then()
    {
        var time = new ManualTimeProvider();
        using var trim = new HeapTrim(time);
        Allocate();
        time.Advance(TimeSpan.FromSeconds(2));
        trim.Collections.ShouldBe(1);

        Allocate();
        trim.Collections.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(2));
        trim.Collections.ShouldBe(2);
    }

    // More than the process has in use, of which other tests have their part.
    private static void Allocate()
    {
        for (var allocated = 0L; allocated < Math.Max(64 * 1024 * 1024, 3 * GC.GetTotalMemory(forceFullCollection: false)); allocated += 64 * 1024)
        {
            GC.KeepAlive(new byte[64 * 1024]);
        }
    }
}
