using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

/// <summary>Random records and random searches: what SQL finds is what memory finds.</summary>
public sealed class SearchEqualityTests : IAsyncLifetime
{
    private const int Rows = 6000;
    private static readonly string[] Words = ["Order", "sent", "100%", "_x_", "back\\slash", "ÄRGER", "straße", "say \"hi\"", "timeout", "'quoted'", "\u202eabc", "😀"];
    private static readonly string[] Keys = ["Id", "http.route", "Route", "StatusCode", "Milliseconds", "odd key", "q\"uote", "Ü", "Note"];
    private static readonly string?[] Templates = [null, "Order {Id}", "order {id}", "100% {x}_", "say \"{What}\""];
    private readonly TempFolder _folder = new();
    private readonly Random _random = new(20261128);
    private readonly List<LogRow> _rows = [];
    private OpenStore? _store;

    public async ValueTask InitializeAsync()
    {
        _store = await OpenStore.AtAsync(_folder.Path, options => options with { SegmentBytes = 300_000 });
        for (var i = 0; i < Rows; i++)
        {
            _rows.Add(Row(i));
        }

        await _store.AddAsync(_rows);
        _store.Segments.Count.ShouldBeGreaterThan(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Three_hundred_searches_find_the_same_in_the_files_and_in_memory()
    {
        for (var i = 0; i < 300; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Term()));
            var filter = new LogFilter
            {
                Text = text,
                From = _random.Next(4) == 0 ? Samples.Time.AddMinutes(_random.Next(60)) : null,
                To = _random.Next(4) == 0 ? Samples.Time.AddMinutes(_random.Next(60)) : null,
            };
            var expected = _rows.Where(filter.Matches).Select(row => row.Body).ToList();

            var page = await _store!.FindAsync(filter with { Limit = Rows });
            var count = await _store.FindAsync(filter with { Limit = 1 });

            page.Rows.Select(row => row.Body).ShouldBe(expected, text);
            count.TotalCount.ShouldBe(expected.Count, text);
        }
    }

    private LogRow Row(int i)
    {
        var attributes = new Dictionary<string, object?>();
        for (var n = _random.Next(5); n > 0; n--)
        {
            attributes[Pick(Keys)] = Value();
        }

        return Samples.Log(
            $"{i} {Pick(Words)} {Pick(Words)}", $"site-{8000 + _random.Next(4)}", _random.Next(25),
            _random.Next(3) == 0 ? null : $"{_random.NextInt64():x16}{_random.NextInt64():x16}", Pick(Templates), JsonSerializer.Serialize(attributes)) with
        {
            Time = Samples.Time.AddSeconds(_random.Next(3600)),
            Scope = Pick(["A.Home", "a.home", "B.Shop"]),
        };
    }

    private object? Value() => _random.Next(7) switch
    {
        0 => _random.Next(600),
        1 => Math.Round(_random.NextDouble() * 2000, 2),
        2 => true,
        3 => null,
        4 => new[] { Pick(Words), "2" },
        5 => _random.Next(600).ToString(),
        _ => Pick(Words),
    };

    private SearchTerm NewTerm()
    {
        var comparison = (SearchComparison)_random.Next(2);
        var order = (SearchComparison)_random.Next(6);
        var row = Pick(_rows);
        return _random.Next(9) switch
        {
            0 => new SearchTerm(null, SearchComparison.Contains, Pick(Words), false),
            1 => new SearchTerm("level", order is SearchComparison.Contains ? SearchComparison.Equals : order, Pick(["Trace", "Debug", "Warning", "Error", "Critical"]), false),
            2 => new SearchTerm("instance", comparison, Pick(["site-8001", "8002", "nobody"]), false),
            3 => new SearchTerm("scope", comparison, Pick(["a.home", "B", "none"]), false),
            4 => new SearchTerm("template", comparison, Pick(Templates) ?? "none", false),
            5 => new SearchTerm("trace", SearchComparison.Equals, row.TraceId?[.._random.Next(7, 33)] ?? "0000000", false),
            6 => new SearchTerm("span", SearchComparison.Equals, row.SpanId ?? "0000000000000000", false),
            7 => new SearchTerm(Pick(["status", "dur", "Id", "Milliseconds"]), order, _random.Next(600).ToString(), false),
            _ => new SearchTerm(Pick([.. Keys, "route", "name"]), comparison, Pick([.. Words, "true", "", "5"]), false),
        };
    }

    private string Term() => (NewTerm() with { IsNegated = _random.Next(4) == 0 }).ToString();

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
