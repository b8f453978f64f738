namespace Stack.Dashboard.Web.Charts;

/// <summary>One line of a chart: its values are equal parts of the chart's range, oldest first; null where nothing is known.</summary>
/// <param name="Name">Shown in legend, table and read-out.</param>
/// <param name="Hue">Colour, as <c>Tone.Hue</c> gives it.</param>
/// <param name="Values">One value for each part.</param>
public sealed record ChartLine(string Name, int Hue, IReadOnlyList<double?> Values);

/// <summary>One layer of stacked bars: its values are equal parts of the chart's range, oldest first.</summary>
/// <param name="Name">Shown in legend, table and read-out.</param>
/// <param name="Tone">Colour: a tone, or a level of the log.</param>
/// <param name="Values">One value for each part.</param>
public sealed record ChartBars(string Name, string Tone, IReadOnlyList<double> Values);
