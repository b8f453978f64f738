using Stack.Dashboard.Ingest;

namespace Stack.Dashboard.Tests.Ingest;

public sealed class GrpcFrameTests
{
    [Fact]
    public void A_frame_is_a_flag_a_length_and_a_message()
    {
        var frame = GrpcFrame.Read(new byte[] { 1, 0, 0, 0, 2, 7, 8 });

        frame.IsPacked.ShouldBeTrue();
        frame.Message.ToArray().ShouldBe([7, 8]);
    }

    [Fact]
    public void An_empty_message_is_a_message()
    {
        GrpcFrame.Read(new byte[5]).Message.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(new byte[0], "The body ends after 0 bytes, inside of the frame's header.")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "The body ends after 4 bytes, inside of the frame's header.")]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, "The frame's first byte is 2; 0 and 1 are known.")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 7 }, "The frame announces 2 bytes, but 1 follow.")]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 7, 8 }, "The frame announces 1 bytes, but 2 follow.")]
    [InlineData(new byte[] { 0, 255, 255, 255, 255, 1 }, "The frame announces 4294967295 bytes, but 1 follow.")]
    public void Anything_else_is_refused_and_says_why(byte[] body, string why)
    {
        var refused = Should.Throw<IngestException>(() => GrpcFrame.Read(body));

        refused.Message.ShouldBe(why);
        refused.Refusal.ShouldBe(Refusal.Malformed);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var bytes = new byte[GrpcFrame.HeaderLength + 300];
        GrpcFrame.WriteHeader(bytes, 300);

        GrpcFrame.Read(bytes).Message.Length.ShouldBe(300);
    }
}
