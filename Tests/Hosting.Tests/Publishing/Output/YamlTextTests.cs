using Stack.Hosting.Publishing.Output;
using YamlDotNet.Serialization;

namespace Hosting.Tests.Publishing.Output;

/// <summary>YAML as it is written, and as a parser reads it.</summary>
public sealed class YamlTextTests
{
    private static readonly string[] Nasty =
    [
        "", " ", "yes", "no", "null", "~", "1", "1.0", "0x1F", "2026-11-28", "- a", "# no comment", "a: b", "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a`", "'a'", "\"a\"", @"C:\temp\new", "$HOME ${HOME}",
        "two\nlines", "tab\there", "bell\a", "return\r\n", "é ü 漢 😀", "\u0085\u2028\u2029\uFEFF", "a ", new string('x', 4096),
    ];

    [Fact]
    public void Maps_lists_and_values_have_these_forms()
    {
        YamlMap map = new()
        {
            { "text", "yes" }, { "flag", true }, { "number", 3 }, { "none", (string?)null }, { "empty", [] }, { "nothing", new YamlMap() }, { "on", "key" }, { "two words", "key" },
            { "list", ["a", "b"] },
            { "maps", (object[])[new YamlMap { { "name", "a" }, { "value", "1" } }, new YamlMap { { "inner", new YamlMap { { "deep", ["x"] } } } }] },
        };

        YamlText.Write(map, "Generated.").ShouldBe("""
            # Generated.
            text: "yes"
            flag: true
            number: 3
            nothing: {}
            "on": "key"
            "two words": "key"
            list:
              - "a"
              - "b"
            maps:
              - name: "a"
                value: "1"
              - inner:
                  deep:
                    - "x"

            """);
    }

    [Fact]
    public void A_parser_reads_every_text_as_it_was()
    {
        YamlMap map = [];
        foreach (var (i, text) in Nasty.Index())
        {
            map.Add($"value-{i}", text);
            map.Add(Key(text, i), "key");
        }

        map.Add("all", Nasty);
        var read = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(YamlText.Write(map));

        foreach (var (i, text) in Nasty.Index())
        {
            read[$"value-{i}"].ShouldBe(text);
            read[Key(text, i)].ShouldBe("key");
        }

        ((List<object>)read["all"]).ShouldBe(Nasty);
    }

    // A key that stands before its value may have 1024 characters.
    private static string Key(string text, int number) => $"{text[..Math.Min(text.Length, 1000)]}-{number}";

    [Fact]
    public void Other_values_are_a_mistake_of_the_writer()
        => Should.Throw<ArgumentException>(() => YamlText.Write(new YamlMap { { "size", 1.5 } })).Message.ShouldStartWith("A Double is no value of YAML.");
}
