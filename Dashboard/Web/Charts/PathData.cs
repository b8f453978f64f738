using System.Globalization;
using System.Text;

namespace Stack.Dashboard.Web.Charts;

/// <summary>The geometry of lines as path data: to a tenth of a unit, and a new piece after each gap.</summary>
internal static class PathData
{
    /// <param name="values">Equal parts of the width; a point is in the middle of its part.</param>
    /// <param name="width">In units of the view box.</param>
    /// <param name="height">In units of the view box; the largest value is at the top.</param>
    /// <param name="largest">The value of the upper edge.</param>
    /// <param name="inset">Room above and below, so that a thick line is not cut.</param>
    /// <param name="smallest">The value of the lower edge.</param>
    public static string Line(IReadOnlyList<double?> values, double width, double height, double largest, double inset = 0, double smallest = 0)
    {
        var path = new StringBuilder();
        var pen = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || !double.IsFinite(value))
            {
                pen = false;
                continue;
            }

            var x = (i + 0.5) * width / values.Count;
            var y = inset + ((height - (2 * inset)) * (1 - (largest <= smallest ? 0 : Math.Clamp((value - smallest) / (largest - smallest), 0, 1))));
            path.Append(pen ? 'L' : 'M').Append(Number(x)).Append(' ').Append(Number(y));
            if (!pen && (i + 1 == values.Count || values[i + 1] is null))
            {
                path.Append("h.1"); // alone between two gaps: a dot
            }

            pen = true;
        }

        return path.ToString();
    }

    /// <summary>A single point, drawn round by its line cap however the drawing is stretched.</summary>
    /// <param name="at">Which part of the width lies before it.</param>
    /// <param name="value">Its height is that of a line.</param>
    /// <param name="width">In units of the view box.</param>
    /// <param name="height">In units of the view box.</param>
    /// <param name="largest">The value of the upper edge.</param>
    public static string Dot(double at, double value, double width, double height, double largest) =>
        $"M{Number(at * width)} {Number(height * (1 - (largest <= 0 ? 0 : Math.Clamp(value / largest, 0, 1))))}h.1";

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
