using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Writing;

/// <summary>Writes directives and blocks: quotes and escapes each word, so that no value can end its directive and begin another.</summary>
internal sealed class NginxText
{
    private const string Indent = "    ";
    private readonly StringBuilder _text = new();
    private int _depth;

    public override string ToString() => _text.ToString();

    public void Comment(string comment)
    {
        foreach (var line in comment.Split('\n'))
        {
            Line($"# {Printable(line)}");
        }
    }

    public void Blank() => _text.Append('\n');

    public void Write(IEnumerable<Directive> directives)
    {
        foreach (var directive in directives)
        {
            Write(directive);
        }
    }

    public void Write(Directive directive)
    {
        if (directive.Comment is { } comment)
        {
            Comment(comment);
        }

        var words = Words(directive);
        if (directive.Children is { } children)
        {
            Block(words, () => Write(children));
        }
        else
        {
            Line($"{words};");
        }
    }

    /// <summary>The words of a directive; a closing parenthesis stands right behind the word before it.</summary>
    private static string Words(Directive directive) =>
        string.Concat(directive.Arguments.Select(word => word.Text == ")" ? ")" : $" {Word(word)}").Prepend(Word(directive.Name)));

    public void Block(string words, Action content)
    {
        Line($"{words} {{");
        _depth++;
        content();
        _depth--;
        Line("}");
    }

    /// <summary>One word as nginx has to read it.</summary>
    /// <exception cref="DistributedApplicationException">It holds a control character, or a literal holds a '$', which nginx has no escape for.</exception>
    public static string Word(NginxValue value)
    {
        var text = Printable(value.Text);
        if (!value.IsExpression && text.Contains('$', StringComparison.Ordinal))
        {
            throw new DistributedApplicationException(
                $"The value '{text}' can't be written into the configuration of Nginx: '$' begins a variable there. Use a value without it.");
        }

        if (text.Length > 0 && text.All(IsPlain))
        {
            return text;
        }

        return value.IsExpression && text.Contains('"', StringComparison.Ordinal) && text.AsSpan().IndexOfAny('\'', '\\') < 0
            ? $"'{text}'"
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    private static bool IsPlain(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/' or ':' or '=' or '@' or '*' or '~' or '^' or '+' or ',' or '%' or '|' or '[' or ']' or '(' or ')' or '$';

    private static string Printable(string text)
    {
        if (text.Any(char.IsControl))
        {
            var visible = string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
            throw new DistributedApplicationException(
                $"The value '{visible}' can't be written into the configuration of Nginx: it holds a control character. Use a value without it.");
        }

        return text;
    }

    private void Line(string line)
    {
        for (var level = 0; level < _depth; level++)
        {
            _text.Append(Indent);
        }

        _text.Append(line).Append('\n');
    }
}
