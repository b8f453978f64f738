using System.Globalization;

namespace Stack.Dashboard.Settings;

/// <summary>Reads single values from configuration by key, or by an environment variable of Aspire's, and collects what is wrong with them.</summary>
internal sealed class SettingsSource(IConfiguration configuration)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Report(string problem) => _problems.Add(problem);

    /// <summary>The first of the keys that has a value, with the key it came from.</summary>
    public (string? Value, string Key) Text(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (configuration[key] is { } value && !string.IsNullOrWhiteSpace(value))
            {
                return (value.Trim(), key);
            }
        }

        return (null, keys[0]);
    }

    public bool Flag(string key, bool fallback)
    {
        var (value, _) = Text(key);
        return value?.ToLowerInvariant() switch
        {
            null => fallback,
            "true" or "1" => true,
            "false" or "0" => false,
            _ => Fail(key, value, "'true' or 'false'", fallback),
        };
    }

    public TEnum Choice<TEnum>(string key, TEnum fallback)
        where TEnum : struct, Enum
    {
        var (value, _) = Text(key);
        if (value is null)
        {
            return fallback;
        }

        return Enum.TryParse<TEnum>(value, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(value[0])
            ? parsed
            : Fail(key, value, string.Join(" or ", Enum.GetNames<TEnum>()), fallback);
    }

    public long Number(string key, long fallback, long min, long max)
    {
        var (value, _) = Text(key);
        if (value is null)
        {
            return fallback;
        }

        return long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) && parsed >= min && parsed <= max
            ? parsed
            : Fail(key, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"), fallback);
    }

    /// <summary>Values with commas between them.</summary>
    public IReadOnlyList<string> List(string key, Func<string, bool> isValid, string expected)
    {
        var (value, _) = Text(key);
        string[] items = value?.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return items.FirstOrDefault(item => !isValid(item)) is { } wrong ? Fail<IReadOnlyList<string>>(key, wrong, expected, []) : items;
    }

    /// <summary>Like <c>7.00:00:00</c> or <c>7d</c>, <c>6h</c>, <c>30m</c>, <c>20s</c>.</summary>
    public TimeSpan Span(string key, TimeSpan fallback)
    {
        var (value, _) = Text(key);
        if (value is null)
        {
            return fallback;
        }

        return TryParseSpan(value, out var parsed) && parsed > TimeSpan.Zero
            ? parsed
            : Fail(key, value, "a time such as '7d', '6h', '30m' or '1.06:30:00'", fallback);
    }

    public Uri Url(Uri fallback, params ReadOnlySpan<string> keys)
    {
        var (value, key) = Text(keys);
        return value is null ? fallback : ParseUrl(value, key) ?? fallback;
    }

    public Uri? ParseUrl(string value, string key)
    {
        // ASP.NET Core's way to say "all addresses".
        var plain = value.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (Uri.TryCreate(plain, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            return url;
        }

        Fail<object?>(key, value, "an address such as 'http://127.0.0.1:18888'", null);
        return null;
    }

    private static bool TryParseSpan(string value, out TimeSpan span)
    {
        var unit = value[^1] switch
        {
            'd' => TimeSpan.FromDays(1),
            'h' => TimeSpan.FromHours(1),
            'm' => TimeSpan.FromMinutes(1),
            's' => TimeSpan.FromSeconds(1),
            _ => TimeSpan.Zero,
        };

        if (unit == TimeSpan.Zero)
        {
            return TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out span);
        }

        span = default;
        if (!double.TryParse(value[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > 100_000)
        {
            return false;
        }

        span = unit * count;
        return true;
    }

    private T Fail<T>(string key, string value, string expected, T fallback)
    {
        _problems.Add($"Setting '{key}' is '{value}', which is not {expected}.");
        return fallback;
    }
}
