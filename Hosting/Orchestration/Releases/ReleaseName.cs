using System.Globalization;
using System.Text.RegularExpressions;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>The names of releases, which sort by the time they were made: <c>20261128-113000-v1.2</c>. A name is also that of a folder, so it can't lead elsewhere. Pure.</summary>
internal static partial class ReleaseName
{
    /// <summary>Stands for what the AppHost itself runs the site from: its build, or the folder that it names.</summary>
    public const string Build = "build";

    public const string LabelRule = "letters, digits, '.', '_' and '-', at most 40, the first one a letter or digit";

    private const string TimeFormat = "yyyyMMdd-HHmmss";

    /// <param name="madeAt">When it was made.</param>
    /// <param name="label">What tells it apart from others of that second.</param>
    public static string Create(DateTimeOffset madeAt, string label) => $"{madeAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{label}";

    public static bool IsLabel(string text) => Label().IsMatch(text);

    /// <summary>True for a label, or a whole name.</summary>
    public static bool Fits(string name, string asked) => name.Equals(asked, StringComparison.OrdinalIgnoreCase) || name[(TimeFormat.Length + 1)..].Equals(asked, StringComparison.OrdinalIgnoreCase);

    /// <summary>When a release of that name was made; null: it is no such name.</summary>
    public static DateTimeOffset? MadeAt(string name)
        => name.Length > TimeFormat.Length + 1 && name[TimeFormat.Length] == '-' && IsLabel(name[(TimeFormat.Length + 1)..])
            && DateTimeOffset.TryParseExact(name[..TimeFormat.Length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex Label();
}
