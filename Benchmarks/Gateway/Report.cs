using System.Diagnostics;
using System.Text.Json;
using Gateway.Proxies;

namespace Gateway;

/// <summary>Writes what was measured as Markdown.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };
    private static readonly string[] Proxies = [Proxy.Direct, Proxy.Classic, Proxy.Stack, Proxy.HaproxyEqual, Proxy.HaproxyBare];

    public static void Write(Settings settings, Results results, string machine)
    {
        string[] head =
        [
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}. Stack {typeof(Report).Assembly.GetName().Version?.ToString(3)} on .NET {Environment.Version}, {Version("nginx", "-v")}, {Version("haproxy", "-v")}, wrk with {Load.Connections} connections.",
            $"Machine: {machine}. {settings.Rounds} {(settings.Rounds == 1 ? "round" : "rounds")} of {settings.Seconds} s, interleaved; median (smallest–largest); ratios are medians of the rounds' ratios.",
        ];
        List<string> parts = [string.Join('\n', head), Targets(results)];
        if (Load.All.Any(l => results.Has(l.Name)))
        {
            parts.Add(Compared(results, "requests/s", "", s => s.RequestsPerSecond, s => s.RequestsPerSecond));
            parts.Add(Compared(results, "CPU for a request: proxy + site, µs", " + ", s => s.ProxyCpu + s.SiteCpu, s => s.ProxyCpu, s => s.SiteCpu));
            parts.Add(Compared(results, "latency: p50 / p99, ms", " / ", ratio: null, s => s.P50, s => s.P99));
        }

        if (results.Has(StaticFiles.Name("small")))
        {
            parts.Add(StaticFiles.Table(results));
        }

        if (results.Has(Changes.Name))
        {
            parts.Add(Changes.Table(results));
        }

        var failed = results.All.Where(s => s.Failed > 0).Select(s => $"- {s.Load}, N = {s.Replicas}, {s.Proxy}: {s.Failed:0}").ToList();
        if (failed.Count > 0)
        {
            parts.Add($"Requests without an answer, or with another one than 2xx:\n{string.Join('\n', failed)}");
        }

        var text = string.Join("\n\n", parts.Where(p => p.Length > 0));
        Console.WriteLine(text);
        if (settings.Json is { } json)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(results.All, Json));
        }

        if (settings.Markdown is { } markdown)
        {
            Markdown.Replace(markdown, "gateway", text);
        }
    }

    /// <summary>A line for each load and number of replicas, a column for each proxy.</summary>
    /// <param name="results">What was measured.</param>
    /// <param name="title">What the values are.</param>
    /// <param name="between">What stands between two values of a cell.</param>
    /// <param name="ratio">What Stack is compared by; null: by nothing.</param>
    /// <param name="values">What a cell shows: one value with its spread, or the medians of two.</param>
    private static string Compared(Results results, string title, string between, Func<Sample, double>? ratio, params Func<Sample, double>[] values)
    {
        List<IReadOnlyList<string>> lines = [[title, .. Proxies, .. ratio is null ? [] : (string[])[$"Stack ÷ {Proxy.Classic}", $"Stack ÷ {Proxy.HaproxyEqual}"]]];
        foreach (var load in Load.All)
        {
            foreach (var replicas in results.Sizes(load.Name))
            {
                var cells = Proxies.Select(proxy => Cell(values.Select(value => results.Of(load.Name, replicas, proxy, value)).ToList(), between));
                var ratios = ratio is null ? [] : ((string[])[Proxy.Classic, Proxy.HaproxyEqual]).Select(other => results.Ratio(load.Name, replicas, Proxy.Stack, other, ratio)?.ToString() ?? "");
                lines.Add([$"{load.Text}, N = {replicas}", .. cells, .. ratios]);
            }
        }

        return Markdown.Table(lines);
    }

    private static string Cell(List<Spread?> values, string separator) => values switch
    {
        [null, ..] => "–",
        [{ } only] => only.ToString(),
        _ => string.Join(separator, values.Select(v => Markdown.Number(v!.Median))),
    };

    private static string Targets(Results results)
    {
        var size = Environment.ProcessorCount * 2;
        List<IReadOnlyList<string>> lines = [["target", "bar", "measured"]];
        Add($"page, N = {size}: requests/s, Stack ÷ classic", 2, upwards: true, results.Ratio("page", size, Proxy.Stack, Proxy.Classic, s => s.RequestsPerSecond));
        Add($"page, N = {size}: CPU for a request, Stack ÷ classic", 0.55, upwards: false, results.Ratio("page", size, Proxy.Stack, Proxy.Classic, s => s.ProxyCpu + s.SiteCpu));
        Add($"page, N = {size}: requests/s, Stack ÷ HAProxy with the same headers and log", 0.9, upwards: true, results.Ratio("page", size, Proxy.Stack, Proxy.HaproxyEqual, s => s.RequestsPerSecond));
        foreach (var load in (string[])["small", "large"])
        {
            Add($"{load} file: CPU for a request, Kestrel behind Nginx ÷ Nginx itself", 5, upwards: true, StaticFiles.Gain(results, load));
        }

        return lines.Count > 1 ? Markdown.Table(lines) : "";

        void Add(string text, double bar, bool upwards, Spread? measured)
        {
            if (measured is not null)
            {
                lines.Add([text, $"{(upwards ? "≥" : "≤")} {Markdown.Number(bar)}", $"{measured} {((upwards ? measured.Median >= bar : measured.Median <= bar) ? "✓" : "✗")}"]);
            }
        }
    }

    // "nginx version: nginx/1.22.1", "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - …"
    private static string Version(string file, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(file, argument) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var words = (process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd()).Split((char[])[' ', '\n', '/', '-']);
        return $"{words[0]} {Array.Find(words, w => w.Length > 0 && char.IsAsciiDigit(w[0]))}";
    }
}
