using System.Globalization;

namespace WebSite.Models;

/// <summary>The disc beside a message: the first letter of the writer's name, in one of six colours that is the same on every replica. The script does the same for messages that come by themselves.</summary>
public static class Face
{
    private const int Colours = 6;

    /// <summary>The letter.</summary>
    public static string Letter(string name) => StringInfo.GetNextTextElement(name).ToUpperInvariant();

    /// <summary>The class of the colour.</summary>
    public static string Colour(string name) => $"face-{name.Sum(c => c) % Colours}";
}
