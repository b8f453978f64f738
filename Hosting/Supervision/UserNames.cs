using System.Globalization;

namespace Stack.Hosting.Supervision;

/// <summary>Names of the machine's users.</summary>
internal static class UserNames
{
    /// <summary>The number itself where the machine's own list has no name for it.</summary>
    public static string Of(int uid)
    {
        var number = uid.ToString(CultureInfo.InvariantCulture);
        try
        {
            // name:password:uid:…
            return File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(f => f.Length > 2 && f[2] == number)?[0] ?? number;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return number;
        }
    }
}
