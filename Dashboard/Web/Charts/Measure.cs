using System.Globalization;

namespace Stack.Dashboard.Web.Charts;

/// <summary>Writes a number with its unit (UCUM, as OpenTelemetry sends it) the way people say it, and finds round values for an axis.</summary>
public static class Measure
{
    private static readonly (double From, double Divisor, string Unit)[] Seconds =
        [(3600, 3600, "h"), (120, 60, "min"), (1, 1, "s"), (1e-3, 1e-3, "ms"), (0, 1e-6, "µs")];

    private static readonly (double From, double Divisor, string Unit)[] Bytes =
        [(1L << 40, 1L << 40, "TB"), (1 << 30, 1 << 30, "GB"), (1 << 20, 1 << 20, "MB"), (1 << 10, 1 << 10, "KB"), (0, 1, "B")];

    private static readonly (double From, double Divisor, string Unit)[] Counts =
        [(1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"), (0, 1, "")];

    /// <summary>For example <c>12.4 ms</c>, <c>88 MB</c>, <c>1.2k/s</c>, <c>3.4 %</c>.</summary>
    public static string Text(double value, string? unit) => Text(value, value, unit);

    /// <summary>The value in the unit that fits another one, so that all labels of an axis have the same.</summary>
    public static string Text(double value, double fitting, string? unit)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }

        var (divisor, name) = Scale(Math.Abs(fitting), unit);
        var scaled = value / divisor;
        return Number(scaled) + name;
    }

    /// <summary>Round steps from zero that hold the largest value: at least two, at most five.</summary>
    /// <returns>The values of the lines, lowest first.</returns>
    public static IReadOnlyList<double> Steps(double largest, string? unit)
    {
        if (!double.IsFinite(largest) || largest <= 0)
        {
            largest = 1;
        }

        var (divisor, _) = Scale(largest, unit);
        var scaled = largest / divisor;
        var power = Math.Pow(10, Math.Floor(Math.Log10(scaled / 4)));
        var step = power * new[] { 1, 2, 2.5, 5, 10 }.First(s => s * power * 4 >= scaled * (1 - 1e-9));
        var count = Math.Max(2, (int)Math.Ceiling((scaled / step) - 1e-9));
        return [.. Enumerable.Range(0, count + 1).Select(i => i * step * divisor)];
    }

    private static (double Divisor, string Unit) Scale(double value, string? unit) => unit switch
    {
        "s" => Pick(Seconds, value, " "),
        "ms" => Pick([.. Seconds.Select(s => (s.From * 1000, s.Divisor * 1000, s.Unit))], value, " "),
        "By" => Pick(Bytes, value, " "),
        "By/s" => Pick(Bytes, value, " ") is var (divisor, name) ? (divisor, name + "/s") : default,
        "%" => (1, " %"),
        null or "" or "1" => Pick(Counts, value, ""),
        "/s" or "{request}/s" => Pick(Counts, value, "") is var (divisor, name) ? (divisor, name + "/s") : default,
        _ => Pick(Counts, value, "") is var (divisor, name) ? (divisor, $"{name} {unit.Replace("{", "").Replace("}", "")}") : default,
    };

    private static (double Divisor, string Unit) Pick((double From, double Divisor, string Unit)[] scale, double value, string space)
    {
        var (_, divisor, unit) = value == 0 ? scale.First(s => s.Divisor == 1 || s == scale[^1]) : scale.First(s => value >= s.From);
        return (divisor, space + unit);
    }

    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.01 => value.ToString("0.####", CultureInfo.InvariantCulture),
        < 10 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0", CultureInfo.InvariantCulture),
    };
}
