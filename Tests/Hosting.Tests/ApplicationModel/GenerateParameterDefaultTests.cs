using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Hosting.Tests.ApplicationModel;

public sealed class GenerateParameterDefaultTests
{
    [Fact]
    public void A_value_has_22_characters_and_each_is_another()
    {
        var values = Enumerable.Range(0, 50).Select(_ => new GenerateParameterDefault().GetDefaultValue()).ToList();

        values.ShouldAllBe(v => v.Length == 22);
        values.Distinct().Count().ShouldBe(50);
    }

    [Theory]
    [InlineData(true, false, false, false, "^[a-z]{64}$")]
    [InlineData(false, true, false, false, "^[A-Z]{64}$")]
    [InlineData(false, false, true, false, "^[0-9]{64}$")]
    [InlineData(false, false, false, true, "^[-_.{}~()*+!]{64}$")]
    [InlineData(true, true, true, false, "^[a-zA-Z0-9]{64}$")]
    public void Only_allowed_characters_are_in_it(bool lower, bool upper, bool numeric, bool special, string pattern)
        => new GenerateParameterDefault { MinLength = 64, Lower = lower, Upper = upper, Numeric = numeric, Special = special }.GetDefaultValue().ShouldMatch(pattern);

    [Fact]
    public void Every_minimum_is_kept()
    {
        for (var i = 0; i < 50; i++)
        {
            var value = new GenerateParameterDefault { MinLength = 8, MinLower = 2, MinUpper = 2, MinNumeric = 2, MinSpecial = 2 }.GetDefaultValue();

            value.Length.ShouldBe(8);
            value.Count(char.IsAsciiLetterLower).ShouldBe(2);
            value.Count(char.IsAsciiLetterUpper).ShouldBe(2);
            value.Count(char.IsAsciiDigit).ShouldBe(2);
        }
    }

    [Fact]
    public void Minimums_that_add_up_to_more_than_the_length_lengthen_it()
        => new GenerateParameterDefault { MinLength = 3, MinLower = 5, MinUpper = 5 }.GetDefaultValue().Length.ShouldBe(10);

    [Fact]
    public void Required_characters_are_not_all_at_the_front()
    {
        var starts = Enumerable.Range(0, 60).Select(_ => new GenerateParameterDefault { MinLength = 12, MinLower = 6, MinUpper = 6 }.GetDefaultValue()[..6].All(char.IsAsciiLetterLower));

        starts.Count(s => s).ShouldBeLessThan(10);
    }

    [Fact]
    public void Without_any_allowed_character_there_is_no_value()
        => Should.Throw<ArgumentException>(() => new GenerateParameterDefault { Lower = false, Upper = false, Numeric = false, Special = false }.GetDefaultValue()).Message.ShouldBe(
            "A generated value can't be made without characters. Set one of Lower, Upper, Numeric and Special to true.");

    [Fact]
    public void A_minimum_of_what_is_not_allowed_is_refused()
        => Should.Throw<ArgumentException>(() => new GenerateParameterDefault { Special = false, MinSpecial = 1 }.GetDefaultValue()).Message.ShouldBe(
            "A generated value can't have MinSpecial = 1 while Special is false. Allow these characters, or ask for none.");

    [Theory]
    [InlineData(-1, 0, "A generated value can't have MinLength = -1. Use 0 or more.")]
    [InlineData(5, -2, "A generated value can't have MinLower = -2. Use 0 or more.")]
    public void Negative_numbers_are_refused(int length, int lower, string message)
        => Should.Throw<ArgumentException>(() => new GenerateParameterDefault { MinLength = length, MinLower = lower }.GetDefaultValue()).Message.ShouldBe(message);

    [Theory]
    [InlineData(true, 0, """{"generate":{"minLength":22}}""")]
    [InlineData(false, 3, """{"generate":{"minLength":22,"special":false,"minNumeric":3}}""")]
    public void Published_files_say_how_to_generate_it(bool special, int minNumeric, string expected)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            new GenerateParameterDefault { Special = special, MinNumeric = minNumeric }.WriteToManifest(
                new ManifestPublishingContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), "/manifest.json", writer));
            writer.WriteEndObject();
        }

        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe(expected);
    }
}
