using System.Globalization;

namespace Stack.Dashboard.Queries;

/// <summary>Says whether a replica counted what the gateway sent to it.</summary>
internal static class CountCheck
{
    private const double Allowed = 0.01;
    private const double Floor = 10;

    /// <summary>Both report now and then, not at the same moment.</summary>
    private const double SecondsApart = 10;

    /// <summary>What differs, in words; null when nothing does, or one of them has said nothing.</summary>
    public static string? Compare(RequestFigures? served, RequestFigures? tried, long since)
    {
        if (served is null || tried is null)
        {
            return null;
        }

        // A try that failed may have reached the application, or not.
        var (least, most) = (tried.Count - tried.Errors, tried.Count);
        var tolerance = Math.Max(Math.Max(Floor, Allowed * most), SecondsApart * Math.Max(served.Rate(since), tried.Rate(since)));
        return served.Count < least - tolerance ? string.Create(CultureInfo.InvariantCulture, $"the gateway sent {most:#,0} requests, it counted {served.Count:#,0}")
            : served.Count > most + tolerance ? string.Create(CultureInfo.InvariantCulture, $"it counted {served.Count:#,0} requests, the gateway sent {most:#,0}: somebody asks it directly")
            : null;
    }
}
