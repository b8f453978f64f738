namespace Stack.Dashboard.Storage;

/// <summary>A <see cref="DurationGrid"/> as bytes: what is zero, the first bucket, and the counts from there on. Counts may be fractions.</summary>
internal static class GridBlob
{
    private const double Unit = 1024;
    private const int Lowest = 512;
    private const int MaxBuckets = 1024;

    public static byte[] Write(DurationGrid grid)
    {
        var blob = new List<byte>(64);
        Write(blob, grid.Zeros);
        int? next = null;
        foreach (var (index, count) in grid.Buckets)
        {
            if (next is null)
            {
                Write(blob, (index + Lowest) / Unit);
                next = index;
            }

            for (; next < index; next++)
            {
                blob.Add(0);
            }

            Write(blob, count);
            next++;
        }

        return [.. blob];
    }

    public static void Read(ReadOnlySpan<byte> blob, DurationGrid into)
    {
        into.AddZeros(Next(ref blob));
        var index = (int)(Next(ref blob) * Unit) - Lowest;
        for (var i = 0; !blob.IsEmpty && i < MaxBuckets; i++)
        {
            into.AddBucket(index + i, Next(ref blob));
        }
    }

    private static void Write(List<byte> target, double count)
    {
        var value = (ulong)Math.Round(Math.Clamp(count, 0, 1e15) * Unit);
        for (; value >= 0x80; value >>= 7)
        {
            target.Add((byte)(value | 0x80));
        }

        target.Add((byte)value);
    }

    private static double Next(ref ReadOnlySpan<byte> source)
    {
        var value = 0UL;
        for (var shift = 0; !source.IsEmpty && shift < 64; shift += 7)
        {
            var part = source[0];
            source = source[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                break;
            }
        }

        return value / Unit;
    }
}
