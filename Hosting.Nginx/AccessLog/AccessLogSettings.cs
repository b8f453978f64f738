using System.Globalization;
using Aspire.Hosting;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>What configuration says about the access log.</summary>
internal sealed record AccessLogSettings
{
    public const string SlowKey = "Stack:Nginx:SlowRequestSeconds";
    public const string MaskedKey = "Stack:Nginx:MaskedParameters";

    /// <summary>A request whose answer began later than this gets a log record.</summary>
    public TimeSpan SlowRequest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Parameters whose values are not sent anywhere.</summary>
    public IReadOnlyList<string> MaskedParameters { get; init; } =
    [
        "access_token", "api_key", "apikey", "auth", "client_secret", "code", "id_token", "jwt", "key", "otp", "passwd", "password", "pwd",
        "refresh_token", "secret", "session", "sessionid", "sig", "signature", "ticket", "token",
    ];

    /// <summary>The file is put aside when it is as large as this.</summary>
    public long RotateAt { get; init; } = 64 << 20;

    /// <summary>Time in which Nginx's workers, told to open the new file, have written what they hold to the old one.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(5);

    /// <param name="read">Gives the value of a configuration key, null when there is none.</param>
    /// <exception cref="DistributedApplicationException">A value makes no sense.</exception>
    public static AccessLogSettings Read(Func<string, string?> read)
    {
        AccessLogSettings settings = new();
        if (read(SlowKey) is { } slow && !string.IsNullOrWhiteSpace(slow))
        {
            settings = double.TryParse(slow, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
                ? settings with { SlowRequest = TimeSpan.FromSeconds(seconds) }
                : throw new DistributedApplicationException($"'{slow}' is no time for a slow request (setting {SlowKey}). Use seconds, for example 0.5, up to 86400.");
        }

        return read(MaskedKey) is { } masked
            ? settings with { MaskedParameters = masked.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) }
            : settings;
    }
}
