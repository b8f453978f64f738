using SQLitePCL;

namespace Stack.Dashboard.Storage;

/// <summary>SQLite refused something; <see cref="Code"/> is its primary error code.</summary>
internal sealed class StoreException(int code, string message) : Exception(message)
{
    public int Code { get; } = code & 0xff;

    public bool IsFull => Code == raw.SQLITE_FULL;

    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>The file itself is at fault, not what was asked.</summary>
    public bool IsBrokenFile => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM;

    /// <summary>What was asked is at fault (or the memory), not the file: another row would go in.</summary>
    public bool IsAboutRows => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_MISUSE or raw.SQLITE_NOMEM;

    public bool IsInterrupted => Code == raw.SQLITE_INTERRUPT;
}
