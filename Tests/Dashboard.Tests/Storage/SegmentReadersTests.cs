using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class SegmentReadersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Those_that_are_lent_count_among_the_few_that_stay_open()
    {
        using var readers = new SegmentReaders(_folder.Path, keepOpen: 2);
        var (a, b, c) = (Make("a"), Make("b"), Make("c"));
        readers.Return(readers.Rent(a)!);
        readers.Return(readers.Rent(b)!);
        Open().ShouldBe([a, b]);

        var lent = readers.Rent(c)!;
        Open().ShouldBe([b, c]);
        readers.Return(lent);
        Open().ShouldBe([b, c]);

        readers.Return(readers.Rent(b)!);
        readers.Return(readers.Rent(a)!);
        Open().ShouldBe([a, b], "the least recently used is closed");
    }

    [Fact]
    public void A_file_that_was_deleted_while_it_was_read_is_let_go_of()
    {
        using var readers = new SegmentReaders(_folder.Path);
        var file = Make("a");
        var lent = readers.Rent(file)!;
        SegmentPaths.Delete(_folder.File(file));
        readers.Forget(file);

        readers.Return(lent);

        Open().ShouldBeEmpty();
        readers.Rent(file).ShouldBeNull();
    }

    private string Make(string name)
    {
        SegmentFile.Open(_folder.File(name), 0).Dispose();
        SegmentSeal.Run(_folder.File(name), new SegmentReaders(_folder.Path), fullText: false);
        return name;
    }

    private List<string> Open() =>
    [
        .. Directory.GetFiles("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget)
            .Where(target => target?.StartsWith(_folder.Path + "/", StringComparison.Ordinal) == true)
            .Select(target => Path.GetFileName(target!)).Order(StringComparer.Ordinal),
    ];
}
