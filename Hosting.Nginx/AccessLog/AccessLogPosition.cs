using System.Globalization;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>How far the access log was read and taken by its receiver: which file, whatever its name is by now, and how many bytes of it.</summary>
internal readonly record struct AccessLogPosition(FileIdentity File, long Offset)
{
    /// <summary>Null when there is none that can be read.</summary>
    public static AccessLogPosition? Load(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path).Split(' ') is [var inode, var born, var offset]
                && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(born, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
                && long.TryParse(offset.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                ? new AccessLogPosition(new FileIdentity(number, time), bytes)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>In one step: what is there is always whole.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Save(string path)
    {
        var next = path + ".new";
        System.IO.File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{File.Inode} {File.Born} {Offset}\n"));
        System.IO.File.Move(next, path, overwrite: true);
    }
}
