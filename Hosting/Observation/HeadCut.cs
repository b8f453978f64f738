using Microsoft.Win32.SafeHandles;

namespace Stack.Hosting.Observation;

/// <summary>Ways to take the head of a file away while others append to it.</summary>
internal enum HeadCutWay
{
    /// <summary>The head's blocks are taken out of the file (ext4, XFS).</summary>
    Collapse,

    /// <summary>The head becomes a hole: the file's length stays, its use of the disk does not (tmpfs, btrfs).</summary>
    Punch,

    /// <summary>The whole file is emptied: what is written between the copy and that is lost.</summary>
    Truncate,
}

/// <summary>Cuts the heads of files off.</summary>
/// <param name="Way">How.</param>
/// <param name="TryCut">Takes away what is before a position (in whole blocks, except where the file is emptied); false: the file system can't.</param>
internal sealed record HeadCut(HeadCutWay Way, Func<SafeFileHandle, long, bool> TryCut)
{
    // A file of nothing but a hole: it can be made on a full disk.
    private const int ProbeBlocks = 2;

    public static HeadCut Of(HeadCutWay way) => new(way, way switch
    {
        HeadCutWay.Collapse => FileCalls.TryCollapse,
        HeadCutWay.Punch => (file, to) => FileCalls.TryPunch(file, 0, to),
        _ => Empty,
    });

    /// <summary>The best way that the file system of a folder has; tried on a file of its own.</summary>
    /// <exception cref="IOException">No file can be made there.</exception>
    public static HeadCut Probe(string folder)
    {
        var path = Path.Combine(folder, $".probe-{Environment.ProcessId}");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        var block = FileCalls.Stat(file).BlockSize;
        RandomAccess.SetLength(file, (long)ProbeBlocks * block);
        return Of(FileCalls.TryCollapse(file, block) ? HeadCutWay.Collapse : FileCalls.TryPunch(file, 0, block) ? HeadCutWay.Punch : HeadCutWay.Truncate);
    }

    /// <exception cref="IOException">It could not be cut off.</exception>
    public void Cut(SafeFileHandle file, long to)
    {
        if (!TryCut(file, to))
        {
            throw new IOException($"The file system does not let the head of a log be cut off ({Way}), which it did before.");
        }
    }

    private static bool Empty(SafeFileHandle file, long to)
    {
        RandomAccess.SetLength(file, 0);
        return true;
    }
}
