using WebSite.Live;

namespace WebSite.Tests.Live;

public sealed class PositionTests
{
    [Theory]
    [InlineData("42.17", 42L, 17L)]
    [InlineData("42", 42L, null)]
    [InlineData("0.0", 0L, 0L)]
    public void A_position_is_read_as_it_was_written(string text, long message, long? change)
    {
        var position = Position.Parse(text);

        position.ShouldBe(new Position(message, change));
        position!.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("42.")]
    [InlineData("42.17.1")]
    [InlineData("42,17")]
    [InlineData("99999999999999999999")]
    public void What_no_replica_has_written_is_no_position(string? text) => Position.Parse(text).ShouldBeNull();

    [Fact]
    public void Something_is_new_to_a_reader_when_it_is_past_him_in_what_he_follows()
    {
        var newest = new Position(42, 17);

        newest.IsPast(new(41, 17)).ShouldBeTrue();
        newest.IsPast(new(42, 16)).ShouldBeTrue();
        newest.IsPast(new(42, 17)).ShouldBeFalse();
        newest.IsPast(new(42, null)).ShouldBeFalse();
        newest.IsPast(new(50, 20)).ShouldBeFalse(); // this replica is a moment behind
    }

    [Fact]
    public void Nobody_is_sent_back()
    {
        new Position(42, 17).Furthest(new(40, 20)).ShouldBe(new Position(42, 20));
        new Position(42, 17).Furthest(new(50, 10)).ShouldBe(new Position(50, 17));
    }
}
