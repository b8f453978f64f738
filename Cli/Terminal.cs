using Spectre.Console;

namespace Stack.Cli;

/// <summary>The terminal that shows what a command prints.</summary>
/// <param name="Width">Columns.</param>
/// <param name="HasColours">False when the user does not want any (<c>NO_COLOR</c>), or the terminal has none.</param>
internal sealed record Terminal(int Width, bool HasColours)
{
    private const int UsualWidth = 80;

    /// <summary>Null when the output goes into a file or to another program.</summary>
    public static Terminal? OfThisProcess()
    {
        if (Console.IsOutputRedirected)
        {
            return null;
        }

        var noColour = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var isDumb = !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        return new Terminal(Console.WindowWidth is > 0 and var width ? width : UsualWidth, !noColour && !isDumb);
    }

    /// <summary>Writes to it by a writer.</summary>
    public IAnsiConsole Open(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Width;
        return console;
    }
}
