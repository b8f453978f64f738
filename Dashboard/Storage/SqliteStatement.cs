using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Stack.Dashboard.Storage;

/// <summary>A prepared statement: bind by position from 1, step, read columns from 0.</summary>
internal sealed class SqliteStatement(SqliteFile file, sqlite3_stmt statement) : IDisposable
{
    private byte[] _text = ArrayPool<byte>.Shared.Rent(1024);

    public SqliteStatement Bind(int index, long value)
    {
        file.Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    public SqliteStatement Bind(int index, double value)
    {
        file.Check(raw.sqlite3_bind_double(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null)
        {
            return BindNull(index);
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_text.Length < most)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = ArrayPool<byte>.Shared.Rent(most);
        }

        var length = Encoding.UTF8.GetBytes(value, _text);
        file.Check(raw.sqlite3_bind_text(statement, index, _text.AsSpan(0, length)));
        return this;
    }

    public SqliteStatement BindBlob(int index, ReadOnlySpan<byte> value)
    {
        file.Check(raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        file.Check(raw.sqlite3_bind_null(statement, index));
        return this;
    }

    /// <summary>True = there is a row.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        file.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs a statement without result and makes it ready for the next values, also when it fails.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(statement);
        try
        {
            file.Check(code);
        }
        finally
        {
            Reset();
        }
    }

    public void Reset() => _ = raw.sqlite3_reset(statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public double Real(int column) => raw.sqlite3_column_double(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public void Dispose()
    {
        statement.Dispose();
        if (_text.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = [];
        }
    }
}
