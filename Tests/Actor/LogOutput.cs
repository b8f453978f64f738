using System.Text;

namespace Actor;

/// <summary>Writes to standard output as programs do that log a lot. A full disk does not end it: what can't be written is left out, as .NET's console logger does.</summary>
internal static class LogOutput
{
    /// <summary>Numbered lines of the same length, each written at once; endless when their number is 0. A pause of a millisecond after so many lines; none when that is 0.</summary>
    public static async Task FloodAsync(long lines, int bytes, int pauseAfter, CancellationToken cancellationToken)
    {
        using var output = Console.OpenStandardOutput();
        var line = Encoding.ASCII.GetBytes(new string('.', bytes - 1) + "\n");
        for (var i = 0L; (lines == 0 || i < lines) && !cancellationToken.IsCancellationRequested; i++)
        {
            i.TryFormat(line, out _, "0000000000");
            try
            {
                output.Write(line);
            }
            catch (IOException)
            {
                // No room: the next line may have some.
            }

            if (pauseAfter > 0 && i % pauseAfter == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>Lines in turn on standard output and standard error.</summary>
    public static void InTurn(int lines)
    {
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        for (var i = 0; i < lines; i++)
        {
            (i % 2 == 0 ? output : error).Write(Encoding.ASCII.GetBytes($"{i}\n"));
        }
    }
}
