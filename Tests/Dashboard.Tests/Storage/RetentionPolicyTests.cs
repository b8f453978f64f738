using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Now = Samples.Time;
    private static readonly StorageOptions Options = new() { MaxBytes = 1000, MinFreeBytes = 100, MaxAge = TimeSpan.FromDays(7) };

    [Fact]
    public void Nothing_goes_while_everything_is_within_its_limits()
    {
        Choose([Segment("a", 300), Segment("b", 300), Segment("c", 300)], otherBytes: 100).ShouldBeEmpty();
    }

    [Fact]
    public void The_oldest_go_until_the_rest_fits()
    {
        Choose([Segment("a", 300), Segment("b", 300), Segment("c", 300)], otherBytes: 500).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Free_space_counts_as_much_as_the_own_quota()
    {
        Choose([Segment("a", 60), Segment("b", 60), Segment("c", 60)], freeBytes: 50).ShouldBe(["a"]);
    }

    [Fact]
    public void A_segment_is_as_old_as_its_newest_row()
    {
        Choose([Segment("a", 1, age: 8), Segment("b", 1, age: 6), Segment("c", 1)]).ShouldBe(["a"]);
    }

    [Fact]
    public void The_one_that_is_being_written_stays_whatever_happens()
    {
        Choose([Segment("a", 5000, age: 30)], otherBytes: 5000, freeBytes: 0).ShouldBeEmpty();
        Choose([]).ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Choose(IReadOnlyList<SegmentInfo> segments, long otherBytes = 0, long freeBytes = 1000) =>
        RetentionPolicy.Choose(segments, otherBytes, freeBytes, Now, Options);

    private static SegmentInfo Segment(string file, long bytes, int age = 0) =>
        new() { File = file, Bytes = bytes, MaxId = UnixTicks.Of(Now - TimeSpan.FromDays(age)) };
}
