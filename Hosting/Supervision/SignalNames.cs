namespace Stack.Hosting.Supervision;

/// <summary>Names of the signals that replicas are stopped by or die of.</summary>
internal static class SignalNames
{
    public const int Kill = 9;

    public static string Describe(int signal) => Find(signal) is { } name ? $"{signal} ({name})" : $"{signal}";

    public static string? Find(int signal) => signal switch
    {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        5 => "TRAP",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        10 => "USR1",
        11 => "SEGV",
        12 => "USR2",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        24 => "XCPU",
        25 => "XFSZ",
        28 => "WINCH",
        31 => "SYS",
        _ => null,
    };
}
