using System.Globalization;
using System.Text.RegularExpressions;

namespace Stack.Hosting.Nginx.Status;

/// <summary>Connections of clients as Nginx counts them, all workers together. It knows nothing of replicas.</summary>
/// <param name="Active">Open now, idle ones included.</param>
/// <param name="Accepted">Since its start.</param>
/// <param name="Handled">Since its start; fewer than accepted when it had no room for more (<c>worker_connections</c>).</param>
/// <param name="Reading">Those of which it reads a request now.</param>
/// <param name="Writing">Those to which it answers now, or for which it waits for a replica.</param>
/// <param name="Waiting">Idle ones, kept for the next request.</param>
internal sealed partial record StubStatus(long Active, long Accepted, long Handled, long Reading, long Writing, long Waiting)
{
    /// <summary>Reads what <c>stub_status</c> answers; null for anything else. The connection by which it was asked is left out.</summary>
    public static StubStatus? Parse(string text)
    {
        var numbers = Page().Match(text) is { Success: true } page
            ? page.Groups.Values.Skip(1).Select(group => long.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray()
            : [];
        return numbers is [var active, var accepted, var handled, var reading, var writing, var waiting] && numbers.All(number => number >= 0)
            ? new StubStatus(Math.Max(0, active - 1), accepted, handled, reading, Math.Max(0, writing - 1), waiting)
            : null;
    }

    [GeneratedRegex(@"^Active connections: (\d+)\s+server accepts handled requests\s+(\d+) (\d+) \d+\s+Reading: (\d+) Writing: (\d+) Waiting: (\d+)\s*$")]
    private static partial Regex Page();
}
