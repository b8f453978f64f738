using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells names of this machine from other hosts.</summary>
public static class EndpointHostHelpers
{
    /// <summary>Says whether a host is <c>localhost</c>.</summary>
    /// <param name="host">The host.</param>
    public static bool IsLocalhost([NotNullWhen(true)] string? host) => string.Equals(host, KnownHostNames.Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says whether the host of an address is <c>localhost</c>.</summary>
    /// <param name="uri">The address.</param>
    public static bool IsLocalhost([NotNullWhen(true)] Uri? uri) => IsLocalhost(uri?.Host);

    /// <summary>Says whether a host is a name below <c>localhost</c>, such as <c>site.localhost</c>.</summary>
    /// <param name="host">The host.</param>
    public static bool IsLocalhostTld([NotNullWhen(true)] string? host) => EndsWith(host, ".localhost");

    /// <summary>Says whether the host of an address is a name below <c>localhost</c>.</summary>
    /// <param name="uri">The address.</param>
    public static bool IsLocalhostTld([NotNullWhen(true)] Uri? uri) => IsLocalhostTld(uri?.Host);

    /// <summary>Says whether a host is a name below <c>dev.localhost</c>, such as <c>site.dev.localhost</c>.</summary>
    /// <param name="host">The host.</param>
    public static bool IsDevLocalhostTld([NotNullWhen(true)] string? host) => EndsWith(host, ".dev.localhost");

    /// <summary>Says whether the host of an address is a name below <c>dev.localhost</c>.</summary>
    /// <param name="uri">The address.</param>
    public static bool IsDevLocalhostTld([NotNullWhen(true)] Uri? uri) => IsDevLocalhostTld(uri?.Host);

    /// <summary>Says whether a host is <c>localhost</c> or a name below it.</summary>
    /// <param name="host">The host.</param>
    public static bool IsLocalhostOrLocalhostTld([NotNullWhen(true)] string? host) => IsLocalhost(host) || IsLocalhostTld(host);

    /// <summary>Says whether the host of an address is <c>localhost</c> or a name below it.</summary>
    /// <param name="uri">The address.</param>
    public static bool IsLocalhostOrLocalhostTld([NotNullWhen(true)] Uri? uri) => IsLocalhostOrLocalhostTld(uri?.Host);

    private static bool EndsWith(string? host, string end) => host is not null && host.Length > end.Length && host.EndsWith(end, StringComparison.OrdinalIgnoreCase);
}
