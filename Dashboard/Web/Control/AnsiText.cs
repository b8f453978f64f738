using System.Globalization;
using System.Text;

namespace Stack.Dashboard.Web.Control;

/// <summary>
/// Turns console text with ANSI escape sequences into runs of plain text with CSS classes. Colours are kept, reduced to the 16 that the style sheet
/// knows (so that they stay readable in both themes); every other sequence and control character is dropped. One instance per replica: a colour
/// lasts until it is reset, also over line ends.
/// </summary>
internal sealed class AnsiText
{
    private const char Escape = '\u001b';

    private int? _foreground;
    private int? _background;
    private bool _bold;
    private bool _dim;
    private bool _italic;
    private bool _underline;
    private bool _inverse;

    /// <summary>The runs of one line.</summary>
    public IReadOnlyList<AnsiRun> Parse(string line)
    {
        if (line.AsSpan().IndexOfAnyInRange('\u0000', '\u001f') < 0 && line.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0)
        {
            return line.Length == 0 ? [] : [new AnsiRun(line, Classes())];
        }

        var runs = new List<AnsiRun>();
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c is Escape or '\u009b')
            {
                var before = Classes();
                var next = Skip(line, i);
                if (text.Length > 0 && Classes() != before)
                {
                    runs.Add(new AnsiRun(text.ToString(), before));
                    text.Clear();
                }

                i = next - 1;
            }
            else if (c is '\t' || !char.IsControl(c))
            {
                text.Append(c);
            }
        }

        if (text.Length > 0)
        {
            runs.Add(new AnsiRun(text.ToString(), Classes()));
        }

        return runs;
    }

    /// <summary>Reads the sequence that begins at <paramref name="start"/>, obeys it if it is one of colour, and says where the text goes on.</summary>
    private int Skip(string line, int start)
    {
        var at = start + 1;
        if (line[start] is Escape)
        {
            if (at >= line.Length)
            {
                return at;
            }

            switch (line[at])
            {
                case '[':
                    at++;
                    break;
                case ']' or 'P' or 'X' or '^' or '_':
                    return SkipString(line, at + 1);
                case >= ' ' and <= '/':
                    return Math.Min(at + 2, line.Length);
                default:
                    return at + 1;
            }
        }

        var parameters = at;
        while (at < line.Length && line[at] is >= ' ' and <= '?')
        {
            at++;
        }

        if (at >= line.Length)
        {
            return at;
        }

        if (line[at] is 'm')
        {
            Obey(line.AsSpan(parameters, at - parameters));
        }

        return line[at] is >= '@' and <= '~' ? at + 1 : at;
    }

    /// <summary>Titles and links end at BEL or at ESC \; one that does not end on its line is dropped up to the line's end.</summary>
    private static int SkipString(string line, int at)
    {
        for (; at < line.Length; at++)
        {
            if (line[at] is '\a' or '\u009c')
            {
                return at + 1;
            }

            if (line[at] is Escape && at + 1 < line.Length && line[at + 1] is '\\')
            {
                return at + 2;
            }
        }

        return at;
    }

    private void Obey(ReadOnlySpan<char> parameters)
    {
        Span<int> codes = stackalloc int[32];
        var count = 0;
        foreach (var part in parameters.SplitAny(';', ':'))
        {
            if (count == codes.Length)
            {
                break;
            }

            var digits = parameters[part];
            codes[count++] = digits.IsEmpty ? 0 : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
        }

        for (var i = 0; i < count; i++)
        {
            i += Obey(codes[i..count]);
        }
    }

    /// <summary>Obeys the first code; says how many of the following ones belonged to it.</summary>
    private int Obey(ReadOnlySpan<int> codes)
    {
        switch (codes[0])
        {
            case 0:
                (_foreground, _background, _bold, _dim, _italic, _underline, _inverse) = (null, null, false, false, false, false, false);
                break;
            case 1: _bold = true; break;
            case 2: _dim = true; break;
            case 3: _italic = true; break;
            case 4: _underline = true; break;
            case 7: _inverse = true; break;
            case 22: (_bold, _dim) = (false, false); break;
            case 23: _italic = false; break;
            case 24: _underline = false; break;
            case 27: _inverse = false; break;
            case >= 30 and <= 37: _foreground = codes[0] - 30; break;
            case >= 90 and <= 97: _foreground = codes[0] - 90 + 8; break;
            case >= 40 and <= 47: _background = codes[0] - 40; break;
            case >= 100 and <= 107: _background = codes[0] - 100 + 8; break;
            case 39: _foreground = null; break;
            case 49: _background = null; break;
            case 38 or 48 when codes.Length >= 3 && codes[1] is 5:
                Set(codes[0], AnsiPalette.FromIndex(codes[2]));
                return 2;
            case 38 or 48 when codes.Length >= 5 && codes[1] is 2:
                Set(codes[0], AnsiPalette.Nearest(codes[2], codes[3], codes[4]));
                return 4;
            case 38 or 48:
                return codes.Length - 1;
        }

        return 0;
    }

    private void Set(int code, int? colour)
    {
        if (code is 38)
        {
            _foreground = colour;
        }
        else
        {
            _background = colour;
        }
    }

    private string? Classes()
    {
        if (_foreground is null && _background is null && !_bold && !_dim && !_italic && !_underline && !_inverse)
        {
            return null;
        }

        var classes = new List<string>(4);
        if (_foreground is { } f)
        {
            classes.Add($"f{f}");
        }

        if (_background is { } b)
        {
            classes.Add($"b{b}");
        }

        AddIf(_bold, "bold");
        AddIf(_dim, "dim");
        AddIf(_italic, "ital");
        AddIf(_underline, "undl");
        AddIf(_inverse, "inv");
        return string.Join(' ', classes);

        void AddIf(bool on, string name)
        {
            if (on)
            {
                classes.Add(name);
            }
        }
    }
}

/// <summary>Text of one look.</summary>
/// <param name="Text">Plain text without control characters.</param>
/// <param name="Classes">CSS classes: <c>f0</c>–<c>f15</c>, <c>b0</c>–<c>b15</c>, <c>bold dim ital undl inv</c>; null for none.</param>
public sealed record AnsiRun(string Text, string? Classes);
