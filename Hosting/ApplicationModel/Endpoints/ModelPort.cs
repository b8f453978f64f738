namespace Aspire.Hosting.ApplicationModel;

/// <summary>The range of a port in the model.</summary>
internal static class ModelPort
{
    public const int Max = 65535;

    public static int? Validate(string kind, int? port)
        => port is < 0 or > Max
            ? throw new ArgumentOutOfRangeException(nameof(port), port, $"The {kind} must lie between 0 and {Max}.")
            : port;
}
