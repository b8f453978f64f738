namespace Hosting.Tests.Observation;

/// <summary>A million lines in sequence, through rotations.</summary>
[Trait("kind", "slow")]
public sealed class LogFloodTests : IAsyncDisposable
{
    private readonly LogWriters _writers = new();

    public ValueTask DisposeAsync() => _writers.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public Task No_line_of_a_million_is_lost(int children) => _writers.FloodAsync(children, lines: 1_000_000 / children, maxBytes: 1 << 20);

    [Theory]
    [InlineData(null)]
    [InlineData("/dev/shm")]   // a tmpfs: another way to cut
    public async Task Rotation_killed_again_and_again_neither_loses_nor_doubles_a_line(string? place)
    {
        await using var writers = new LogWriters(place);
        await writers.FloodAndKillRotationAsync(kills: 60);
    }
}
