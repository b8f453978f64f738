using System.Globalization;

namespace Stack.Dashboard.Web.Components;

/// <summary>Geometry of drawings that are as wide as their place.</summary>
internal static class Percent
{
    /// <param name="part">Of it.</param>
    /// <param name="whole">100 %.</param>
    /// <param name="least">What can still be seen.</param>
    public static string Of(double part, double whole, double least = 0) => Text(Math.Clamp(part * 100 / Math.Max(whole, 1), least, 100));

    public static string Text(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
