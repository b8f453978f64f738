using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stack.Dashboard.Queries;

/// <summary>One condition on attributes, as they stand in the store: a JSON object in UTF-8. Live rows and stored ones are both asked this way.</summary>
/// <param name="term">The condition; its negation is up to the caller.</param>
/// <param name="keys">Any of these attributes may meet it.</param>
internal sealed class AttributeTest(SearchTerm term, IReadOnlyList<string> keys)
{
    // As deep as protobuf lets a sender nest, and what is around it.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };
    private readonly byte[][] _keys = [.. keys.Select(Encoding.UTF8.GetBytes)];

    public IReadOnlyList<string> Keys => keys;

    public bool Matches(string json)
    {
        if (json.Length <= 2)
        {
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            return Matches(bytes.AsSpan(0, Encoding.UTF8.GetBytes(json, bytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public bool Matches(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isWanted = IsWanted(ref reader);
                reader.Read();
                if (isWanted && MatchesValue(ref reader, json))
                {
                    return true;
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not what this dashboard writes: it has no attributes that anybody could name.
        }

        return false;
    }

    private bool IsWanted(ref Utf8JsonReader reader)
    {
        foreach (var key in _keys)
        {
            if (reader.ValueTextEquals(key))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            return false;
        }

        var start = (int)reader.TokenStartIndex;
        var isString = reader.TokenType is JsonTokenType.String;
        var text = isString ? reader.GetString()! : "";
        if (!isString)
        {
            reader.Skip();
            text = Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
        }

        return IsOfNumbers
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && term.MatchesNumber(number)
            : term.MatchesText(text) || (!isString && term.Comparison is SearchComparison.Equals && IsSameNumber(text));
    }

    private bool IsOfNumbers => term.IsOrder || (term.Field == SearchFields.Duration && term.Comparison is SearchComparison.Equals);

    // 5 finds 5.0: nobody knows how a sender writes its numbers.
    private bool IsSameNumber(string text) =>
        double.IsFinite(term.Number) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == term.Number;
}
