using System.Globalization;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Charts;

namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>One cell: a figure, what belongs to it, how it went, and where to look further.</summary>
/// <param name="Text">The figure; null: it is not known.</param>
/// <param name="More">What belongs to it, smaller.</param>
public sealed record FigureModel(string? Text, string? More = null)
{
    public static readonly FigureModel None = new(Text: null);

    public string? Address { get; init; }

    /// <summary>What the small print means.</summary>
    public string? Hint { get; init; }

    public IReadOnlyList<double?> Values { get; init; } = [];

    /// <summary>What the line says, for those who cannot see it.</summary>
    public string Label { get; init; } = "";

    public string? Tone { get; init; }

    /// <summary>Why it stands out, in words: <c>4.1× the others</c>.</summary>
    public string? Badge { get; init; }

    internal static FigureModel Rate(RequestFigures? requests, long since, string address) => requests is null
        ? None
        : new FigureModel(Write.Rate(requests.Rate(since)), Write.Count(requests.Count)) { Address = address, Values = requests.Rates(since), Label = "Requests per second" };

    internal static FigureModel Latency(RequestFigures? requests, string address) => requests?.Percentile(0.95) is not { } p95
        ? None
        : new FigureModel(Measure.Text(p95, "s"), $"p50 {Measure.Text(requests.Percentile(0.5)!.Value, "s")} · p99 {Measure.Text(requests.Percentile(0.99)!.Value, "s")}")
        {
            Address = address, Values = requests.Percentiles(0.95), Label = "95 % are faster than",
        };

    internal static FigureModel Errors(RequestFigures? requests, string address) => requests is null
        ? None
        : new FigureModel(Write.Share(requests.Errors >= 0.5 ? requests.ErrorShare : 0), requests.Errors >= 0.5 ? $"{Write.Count(requests.Errors)} failed" : "none failed")
        {
            Address = address, Values = requests.ErrorShares(), Label = "Share of answers with status 5xx",
            Tone = requests.Errors >= 5 && requests.ErrorShare >= 0.01 ? Components.Tone.Bad : null,
        };
}

/// <summary>Writes figures short.</summary>
internal static class Write
{
    public static string Rate(double perSecond) => perSecond switch
    {
        0 => "0/s",
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{perSecond * 60:0.#}/min"),
        _ => Measure.Text(perSecond, "/s"),
    };

    public static string Count(double count) => Math.Round(count) is var whole && whole < 100_000
        ? whole.ToString("#,0", CultureInfo.InvariantCulture)
        : Measure.Text(whole, null);

    public static string Share(double share) => share switch
    {
        0 => "0 %",
        < 0.0005 => "< 0.1 %",
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %"),
    };

    public static string Times(double factor) => factor < 9.95
        ? string.Create(CultureInfo.InvariantCulture, $"{factor:0.0}×")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(factor, 999):0}×");
}
