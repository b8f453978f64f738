namespace WebSite.Starting;

/// <summary>The site can't start as it was told to; the message says why and what to do, and is all that is printed.</summary>
internal sealed class StartException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
