using System.Text;

namespace Stack.Dashboard.Queries;

/// <summary>Reads the text of a search box. What is only half typed is read as far as it makes sense; what can never match is a problem.</summary>
internal sealed class SearchParser(string text)
{
    private readonly List<SearchTerm> _terms = [];
    private string? _problem;
    private int _at;

    public SearchExpression Parse()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
            {
                _at++;
                continue;
            }

            var isNegated = text[_at] == '-' && _at + 1 < text.Length && !char.IsWhiteSpace(text[_at + 1]);
            _at += isNegated ? 1 : 0;
            ReadTerm(isNegated);
        }

        return new SearchExpression(_terms, _problem);
    }

    /// <summary>A field's name as it must be written.</summary>
    public static string QuoteField(string name) => IsPlainField(name) ? name : Quote(name);

    /// <summary>A value as it must be written.</summary>
    public static string QuoteValue(string value, bool isOfField)
    {
        var isPlain = value.Length > 0 && !value.Any(char.IsWhiteSpace) && value[0] is not ('-' or '~' or '<' or '>' or '"') && (isOfField || !LooksLikeField(value));
        return isPlain ? value : Quote(value);
    }

    private void ReadTerm(bool isNegated)
    {
        if (text[_at] == '"')
        {
            var phrase = ReadPhrase();
            if (_at < text.Length && text[_at] == ':' && phrase.Length > 0)
            {
                _at++;
                ReadCondition(phrase, isNegated);
            }
            else if (phrase.Length > 0)
            {
                _terms.Add(new SearchTerm(null, SearchComparison.Contains, phrase, isNegated));
            }

            return;
        }

        var length = FieldLength(text.AsSpan(_at));
        if (length > 0)
        {
            var field = text.Substring(_at, length);
            _at += length + 1;
            ReadCondition(field, isNegated);
            return;
        }

        _terms.Add(new SearchTerm(null, SearchComparison.Contains, ReadWord(), isNegated));
    }

    private void ReadCondition(string field, bool isNegated)
    {
        var comparison = ReadComparison();
        var isQuoted = _at < text.Length && text[_at] == '"';
        var value = isQuoted ? ReadPhrase() : ReadWord();
        if (value.Length == 0 && !isQuoted)
        {
            _problem ??= $"'{field}:' has no value. Write {field}:value, or \"{field}:\" in quotation marks to search for that text.";
            return;
        }

        var (term, problem) = SearchFields.Check(new SearchTerm(field, comparison, value, isNegated));
        _problem ??= problem;
        _terms.Add(term);
    }

    private SearchComparison ReadComparison()
    {
        var rest = text.AsSpan(_at);
        var (comparison, length) = rest switch
        {
            ['>', '=', ..] => (SearchComparison.GreaterOrEqual, 2),
            ['<', '=', ..] => (SearchComparison.LessOrEqual, 2),
            ['>', ..] => (SearchComparison.Greater, 1),
            ['<', ..] => (SearchComparison.Less, 1),
            ['~', ..] => (SearchComparison.Contains, 1),
            _ => (SearchComparison.Equals, 0),
        };
        _at += length;
        return comparison;
    }

    // One that is not closed reaches to the end: what someone is still typing already works. \" and \\ stand for " and \.
    private string ReadPhrase()
    {
        var phrase = new StringBuilder();
        for (_at++; _at < text.Length && text[_at] != '"'; _at++)
        {
            _at += text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] is '"' or '\\' ? 1 : 0;
            phrase.Append(text[_at]);
        }

        _at = Math.Min(_at + 1, text.Length);
        return phrase.ToString();
    }

    private string ReadWord()
    {
        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return text[start.._at];
    }

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static bool LooksLikeField(string word) => FieldLength(word) > 0;

    // "field:" begins with a letter. Addresses are words, and so is a colon at the end of one that is no field of ours: "fail: timeout" is what people paste.
    private static int FieldLength(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(':', ' ', '\t');
        if (end <= 0 || rest[end] != ':' || !IsPlainField(rest[..end]))
        {
            return 0;
        }

        var value = rest[(end + 1)..];
        var isEmpty = value.IsEmpty || char.IsWhiteSpace(value[0]);
        return value.StartsWith("//") || (isEmpty && !SearchFields.IsKnown(rest[..end].ToString())) ? 0 : end;
    }

    private static bool IsPlainField(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !(char.IsLetter(name[0]) || name[0] is '_' or '@'))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!(char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '@'))
            {
                return false;
            }
        }

        return true;
    }
}
