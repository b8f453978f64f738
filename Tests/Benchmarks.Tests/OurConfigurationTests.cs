using Gateway;
using Gateway.Proxies;

namespace Benchmarks.Tests;

/// <summary>What the gateway benchmark reads in Stack's configuration, and how it changes a copy.</summary>
public sealed class OurConfigurationTests : IDisposable
{
    private readonly Bench _bench = new(TestContext.Current.CancellationToken);

    public static TheoryData<string> Changes => [.. Change.All.Select(c => c.Text)];

    [Fact]
    public void It_knows_how_many_workers_there_are() => Samples.Configuration(_bench).Workers.ShouldBe(1);

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_change_finds_its_place(string text)
    {
        var change = Change.All.Single(c => c.Text == text);
        var ours = Samples.Configuration(_bench);

        var copy = new OurConfiguration(CopyOf(ours, change.Edits));

        Texts(copy).ShouldNotBe(Texts(ours));
        copy.Text.Contains("listen 127.0.0.1:8090 ", StringComparison.Ordinal).ShouldBeTrue();
        copy.Text.Contains("/run/stack", StringComparison.Ordinal).ShouldBeFalse("the copy must not take the socket of the original");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    [Trait("kind", "process")]
    public void Nginx_takes_each_change(string text)
    {
        var folder = CopyOf(Samples.Configuration(_bench), Change.All.Single(c => c.Text == text).Edits);

        Should.NotThrow(() => _bench.Run("nginx", "-t", "-q", "-c", Path.Combine(folder, "current/nginx.conf"), "-e", "stderr"));
    }

    [Fact]
    public void A_change_that_finds_nothing_is_an_error()
    {
        var ours = Samples.Configuration(_bench);

        Should.Throw<BenchmarkException>(() => CopyOf(ours, [new Edit("no such line", "")]))
            .Message.ShouldBe("Stack's configuration has nothing that looks like 'no such line', so it can't be changed there.");
    }

    public void Dispose() => _bench.Dispose();

    private string CopyOf(OurConfiguration ours, IReadOnlyList<Edit> edits)
    {
        var folder = _bench.NewFolder("copy");
        ours.Copy(folder, Samples.Port, 8090, edits);
        return folder;
    }

    private static string Texts(OurConfiguration configuration) => configuration.Text.Replace(configuration.Folder, "", StringComparison.Ordinal);
}
