namespace Stack.Hosting.ApplicationModel;

/// <summary>The times of a stop that follow from each other.</summary>
internal static class StopTimes
{
    /// <summary>Seconds that a host may take for its requests, so that it ends before it is killed: a seventh less than the grace, at least 1 s and at most 5 s; 4 s of 5 s, 30 s of 35 s.</summary>
    public static string HostLimit(TimeSpan grace) => $"{Math.Max(1, Math.Floor(grace.TotalSeconds - Math.Clamp(grace.TotalSeconds / 7, 1, 5))):0}";
}
