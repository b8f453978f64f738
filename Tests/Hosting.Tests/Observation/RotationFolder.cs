using System.Text;
using Stack.Hosting.Observation;

namespace Hosting.Tests.Observation;

/// <summary>A folder on a file system that can cut heads off in a given way, and a log in it.</summary>
internal sealed class RotationFolder : IDisposable
{
    /// <summary>A block of every file system that is met here.</summary>
    public const int Block = 4096;

    private readonly string _folder;

    public RotationFolder(HeadCutWay way)
    {
        // A temporary folder may be a tmpfs, which can't collapse; where the tests were built there is a disk.
        _folder = new[] { Path.GetTempPath(), AppContext.BaseDirectory }
            .Select(place => Directory.CreateDirectory(Path.Combine(place, $"stack-test-{Guid.NewGuid():N}")).FullName)
            .Aggregate((string?)null, (found, folder) =>
            {
                if (found is null && HeadCut.Probe(folder).Way <= way)
                {
                    return folder;
                }

                Directory.Delete(folder);
                return found;
            }) ?? throw new InvalidOperationException($"No file system here has the way {way}: run the tests where the temporary folder, or the repository, is on ext4 or XFS.");
        Cutter = HeadCut.Of(way);
    }

    public HeadCut Cutter { get; }

    public string LogPath => File("site-8001.log");

    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>The files of the log without its record, oldest first, with what they hold.</summary>
    public IEnumerable<string> Archives => Directory.EnumerateFiles(_folder, "site-8001.log.*").Select(f => Path.GetExtension(f)[1..])
        .Where(e => int.TryParse(e, out _)).OrderByDescending(int.Parse).Select(e => $"{LogPath}.{e}");

    /// <summary>Numbered lines of 32 bytes each.</summary>
    public static string Lines(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i => $"line {i:0000000000} of the test ....\n"[^32..]));

    public void Append(string text) => System.IO.File.AppendAllText(LogPath, text);

    /// <summary>All that is kept from an offset on, and the offset at which it begins.</summary>
    public static (long From, string Text) ReadAll(LogFile log, long offset = 0)
    {
        var bytes = new List<byte>();
        var block = new byte[10_000];
        var (first, next) = (-1L, offset);
        while (log.Read(ref next, block) is var read and > 0)
        {
            first = first < 0 ? next : first;
            bytes.AddRange(block.AsSpan(0, read));
            next += read;
        }

        return (first, Encoding.UTF8.GetString([.. bytes]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
