namespace Stack.Dashboard.Storage;

/// <summary>Makes a segment that is no longer written one file, complete and read-only; with an index of its words where that is wanted.</summary>
internal static class SegmentSeal
{
    /// <exception cref="StoreException">The disk is full, or somebody else reads it. It can be read as it is, and tried again.</exception>
    public static void Run(string path, SegmentReaders readers, bool fullText)
    {
        if (fullText)
        {
            // Before readers are kept out: it takes seconds, and they go on meanwhile.
            BuildIndex(path);
        }

        using (readers.Close(Path.GetFileName(path)))
        {
            using (var file = SqliteFile.OpenForWriting(path))
            {
                MoveIntoFile(file);
            }

            OwnerOnly.MakeReadOnly(path);
        }
    }

    private static void BuildIndex(string path)
    {
        using var file = SqliteFile.OpenForWriting(path);
        if (FullTextIndex.IsIn(file))
        {
            return;
        }

        try
        {
            FullTextIndex.Build(file);
        }
        catch (StoreException e) when (e.IsFull)
        {
            // A segment without its index is searched as those are that were never given one.
        }
    }

    private static void MoveIntoFile(SqliteFile file)
    {
        file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        if (file.ReadText("PRAGMA journal_mode=DELETE") != "delete")
        {
            throw new StoreException(SQLitePCL.raw.SQLITE_BUSY, $"'{Path.GetFileName(file.Path)}' is still being read.");
        }
    }
}
