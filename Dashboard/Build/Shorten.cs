using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Takes comments and the blanks that mean nothing out of a style sheet or a script, when the dashboard is built. No name is changed and nothing is
/// moved. It knows strings, template texts and regular expressions by sight; a test compares what is served with the source.
/// </summary>
public sealed class Shorten : Task
{
    private const string Text = @"'(?:\\.|[^'\\\n])*'|""(?:\\.|[^""\\\n])*""";
    private const string ScriptText = Text + @"|`(?:\\.|\$\{[^}]*\}|[^`\\])*`|(?<=[(,=:&|?!]\s*)/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/";
    private const string Comment = @"/\*[\s\S]*?\*/";

    private static readonly Regex Script = new Regex($@"(?<text>{ScriptText})|(?:\s|//[^\n]*|{Comment})+");
    private static readonly Regex Style = new Regex($@"(?<text>{Text})|(?:\s|{Comment})+");

    [Required]
    public ITaskItem[] Sources { get; set; } = Array.Empty<ITaskItem>();

    /// <summary>One for each source.</summary>
    [Required]
    public ITaskItem[] Results { get; set; } = Array.Empty<ITaskItem>();

    public override bool Execute()
    {
        for (var i = 0; i < Sources.Length; i++)
        {
            var text = File.ReadAllText(Sources[i].ItemSpec);
            var isStyle = Path.GetExtension(Sources[i].ItemSpec) == ".css";
            Directory.CreateDirectory(Path.GetDirectoryName(Results[i].ItemSpec)!);
            File.WriteAllText(Results[i].ItemSpec, (isStyle ? ShortStyle(text) : ShortScript(text)) + "\n", new UTF8Encoding(false));
        }

        return true;
    }

    private static string ShortStyle(string text) => Style.Replace(text, part =>
    {
        var (before, after) = Around(text, part);
        return part.Groups["text"].Success ? part.Value
            : Is("{};,>:(/", before) || Is("{};,>)/!", after) ? ""
            : " ";
    }).Replace(";}", "}");

    private static string ShortScript(string text) => Script.Replace(text, part =>
    {
        var (before, after) = Around(text, part);
        if (part.Groups["text"].Success)
        {
            return part.Value;
        }

        // The end of a line ends a statement unless it obviously goes on.
        if (part.Value.IndexOf('\n') >= 0)
        {
            return before == '\0' || after == '\0' || Is("{([,;=&|?:", before) || Is("})].,;?:&|=", after) ? "" : "\n";
        }

        var isNeeded = (IsName(before) && IsName(after)) || (before == after && Is("+-", before)) || Is("/", before) || Is("/", after);
        return isNeeded ? " " : "";
    });

    private static (char Before, char After) Around(string text, Match part) => (
        part.Index == 0 ? '\0' : text[part.Index - 1], part.Index + part.Length == text.Length ? '\0' : text[part.Index + part.Length]);

    private static bool Is(string some, char c) => c != '\0' && some.IndexOf(c) >= 0;

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c == '_' || c == '$';
}
