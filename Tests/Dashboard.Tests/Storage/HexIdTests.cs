using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class HexIdTests
{
    [Theory]
    [InlineData("00000000000000010000000000000002")]
    [InlineData("ffffffffffffffff8000000000000000")]
    [InlineData("0123456789abcdeffedcba9876543210")]
    public void Trace_ids_survive_as_two_integers(string id)
    {
        HexId.Trace(HexId.Parse(id.AsSpan(0, 16)), HexId.Parse(id.AsSpan(16))).ShouldBe(id);
        HexId.Span(HexId.Parse(id.AsSpan(0, 16))).ShouldBe(id[..16]);
    }

    [Theory]
    [InlineData("0", 0L, 0x0fffffffffffffffL)]
    [InlineData("7f", 0x7f00000000000000L, 0x7fffffffffffffffL)]
    [InlineData("ff", unchecked((long)0xff00000000000000UL), -1L)]
    [InlineData("0123456789abcdef", 0x0123456789abcdefL, 0x0123456789abcdefL)]
    public void A_prefix_is_one_range_of_integers_also_where_they_are_negative(string prefix, long first, long last)
    {
        HexId.Range(prefix).ShouldBe((first, last));
    }
}
