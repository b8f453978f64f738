using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A default that is generated at random, such as a password.</summary>
/// <example><code>builder.AddParameter("password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);</code></example>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerLetters = "abcdefghijklmnopqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    // The ones that Aspire uses: services that accept a password made there accept one made here.
    private const string Specials = "-_.{}~()*+!";

    /// <summary>How many characters at least. Default 22.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>True: it may have lower case letters. Default true.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>True: it may have upper case letters. Default true.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>True: it may have digits. Default true.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>True: it may have other characters. Default true.</summary>
    public bool Special { get; set; } = true;

    /// <summary>How many lower case letters it has at least.</summary>
    public int MinLower { get; set; }

    /// <summary>How many upper case letters it has at least.</summary>
    public int MinUpper { get; set; }

    /// <summary>How many digits it has at least.</summary>
    public int MinNumeric { get; set; }

    /// <summary>How many other characters it has at least.</summary>
    public int MinSpecial { get; set; }

    /// <summary>A new value from cryptographic randomness.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other, or allow no characters.</exception>
    public override string GetDefaultValue()
    {
        (string Name, string Characters, bool Allowed, int Min)[] classes =
        [
            (nameof(Lower), LowerLetters, Lower, MinLower),
            (nameof(Upper), UpperLetters, Upper, MinUpper),
            (nameof(Numeric), Digits, Numeric, MinNumeric),
            (nameof(Special), Specials, Special, MinSpecial),
        ];
        foreach (var (name, _, allowed, min) in classes)
        {
            if (min < 0 || (min > 0 && !allowed))
            {
                throw new ArgumentException(min < 0
                    ? $"A generated value can't have Min{name} = {min}. Use 0 or more."
                    : $"A generated value can't have Min{name} = {min} while {name} is false. Allow these characters, or ask for none.");
            }
        }

        var alphabet = string.Concat(classes.Where(c => c.Allowed).Select(c => c.Characters));
        if (alphabet.Length == 0)
        {
            throw new ArgumentException("A generated value can't be made without characters. Set one of Lower, Upper, Numeric and Special to true.");
        }

        if (MinLength < 0)
        {
            throw new ArgumentException($"A generated value can't have MinLength = {MinLength}. Use 0 or more.");
        }

        var required = string.Concat(classes.Select(c => RandomNumberGenerator.GetString(c.Characters, c.Min)));
        var rest = RandomNumberGenerator.GetString(alphabet, Math.Max(0, MinLength - required.Length));
        var characters = (required + rest).ToCharArray();
        RandomNumberGenerator.Shuffle<char>(characters);
        return new string(characters);
    }

    /// <inheritdoc/>
    public override void WriteToManifest(ManifestPublishingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var writer = context.Writer;
        writer.WriteStartObject("generate");
        writer.WriteNumber("minLength", MinLength);
        foreach (var (name, allowed) in new[] { ("lower", Lower), ("upper", Upper), ("numeric", Numeric), ("special", Special) })
        {
            if (!allowed)
            {
                writer.WriteBoolean(name, false);
            }
        }

        foreach (var (name, min) in new[] { ("minLower", MinLower), ("minUpper", MinUpper), ("minNumeric", MinNumeric), ("minSpecial", MinSpecial) })
        {
            if (min > 0)
            {
                writer.WriteNumber(name, min);
            }
        }

        writer.WriteEndObject();
    }
}
