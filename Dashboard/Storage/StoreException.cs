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

    public bool IsInterrupted => Code == raw.SQLITE_INTERRUPT;
}
