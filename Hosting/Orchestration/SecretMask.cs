using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration;

/// <summary>Takes out what must not be shown: secrets that the model knows, and what looks like one by its name or its form. Rather too much than too little.</summary>
/// <param name="secrets">Values that must not be shown wherever they are.</param>
internal sealed partial class SecretMask(IEnumerable<string> secrets)
{
    private const string Masked = ResourceDetails.Masked;

    /// <summary>Anything shorter is in every other text by chance; as a whole value it is masked all the same.</summary>
    private const int ShortestPart = 4;

    // The longest first: one may be part of another.
    private readonly List<string> _secrets = [.. secrets.Where(s => s.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length)];

    /// <summary>A text without the secrets in it.</summary>
    public string Text(string text)
    {
        if (_secrets.Contains(text))
        {
            return Masked;
        }

        foreach (var secret in _secrets.Where(s => s.Length >= ShortestPart))
        {
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        }

        return Assignments().Replace(UserInfo().Replace(text, $"${{before}}{Masked}@"), $"${{name}}{Masked}");
    }

    /// <summary>A variable, whose name alone may be reason enough.</summary>
    public VariableDetails Variable(EnvironmentVariableSnapshot variable)
    {
        var shown = variable.Value is not { Length: > 0 } value ? variable.Value : IsSecretName(variable.Name) ? Masked : Text(value);
        return new VariableDetails(variable.Name, shown, shown?.Contains(Masked, StringComparison.Ordinal) ?? false, variable.IsFromSpec);
    }

    /// <summary>Arguments; what follows <c>--password</c> is one too.</summary>
    public IEnumerable<string> Arguments(IEnumerable<string> arguments)
    {
        var isNextSecret = false;
        foreach (var argument in arguments)
        {
            yield return isNextSecret ? Masked : Text(argument);
            isNextSecret = argument.StartsWith('-') && !argument.Contains('=', StringComparison.Ordinal) && IsSecretName(argument);
        }
    }

    public static bool IsSecretName(string name) => Names().IsMatch(name);

    [GeneratedRegex("key|token|password|passwd|passphrase|secret|credential|connection_?strings?|headers|cookie|private|_pwd|_auth$|^pgpass|sas_?url", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Names();

    // https://user:password@host
    [GeneratedRegex(@"(?<before>://[^/\s:@]*:)[^/\s@]+@", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex UserInfo();

    // Server=db;Password=…; a value may have blanks in it, so it goes to the end of its part.
    [GeneratedRegex(
        @"(?<name>\b(password|pwd|passwd|secret|token|api[-_]?key|access[-_]?key|account[-_]?key|shared[-_]?access[-_]?(key|signature)|client[-_]?secret|sig|signature)\s*=\s*)(""[^""]*""|'[^']*'|[^;&\r\n]+)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Assignments();
}
