using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Looks at certificate and key before Nginx does: what it says about them is hard to understand, and it would wait for a password.</summary>
internal static class CertificateFiles
{
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(14);

    /// <param name="name">Name of Nginx's resource.</param>
    /// <param name="certificate">Absolute path of the certificate, those of its issuers after it; PEM.</param>
    /// <param name="key">Absolute path of its key; PEM.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is not an error but should be known, in whole sentences.</returns>
    /// <exception cref="DistributedApplicationException">They can't be used; says which one, why, and what to do.</exception>
    public static IReadOnlyList<string> Check(string name, string certificate, string key, DateTimeOffset now)
    {
        var certificateText = Read(name, "certificate", certificate);
        var keyText = Read(name, "key", key);
        using var leaf = ParseCertificate(name, certificate, certificateText);
        if (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Unusable(name, $"the key '{key}' is encrypted, and nobody is there to type its password. Decrypt it (openssl pkey -in … -out …) and let only its owner read it");
        }

        if (!IsKeyOf(leaf, keyText, name, key))
        {
            throw Unusable(name, $"the key '{key}' is not that of the certificate '{certificate}' ({leaf.Subject}). Give both files of one certificate to WithTls, the site's own certificate first in its file");
        }

        return [.. Warnings(leaf, certificate, key, now)];
    }

    private static IEnumerable<string> Warnings(X509Certificate2 leaf, string certificate, string key, DateTimeOffset now)
    {
        DateTimeOffset begins = new(leaf.NotBefore.ToUniversalTime());
        DateTimeOffset ends = new(leaf.NotAfter.ToUniversalTime());
        if (now >= ends)
        {
            yield return $"The certificate '{certificate}' is over since {ends:u}: clients refuse it. Renew it, then reload Nginx.";
        }
        else if (now < begins)
        {
            yield return $"The certificate '{certificate}' is not valid before {begins:u}: clients refuse it until then.";
        }
        else if (ends - now < SoonOver)
        {
            yield return $"The certificate '{certificate}' ends at {ends:u}. Renew it, then reload Nginx.";
        }

        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(key).HasFlag(UnixFileMode.OtherRead))
        {
            yield return $"Everybody on this machine can read the key '{key}'. Take that away (chmod o-r).";
        }
    }

    private static string Read(string name, string what, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : exception.Message;
            throw Unusable(name, $"the {what} '{path}' can't be read: {reason}. Correct the path given to WithTls, or the rights of the file");
        }
    }

    private static X509Certificate2 ParseCertificate(string name, string path, string text)
    {
        try
        {
            return X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException)
        {
            throw Unusable(name, $"'{path}' holds no certificate in PEM (-----BEGIN CERTIFICATE-----). Convert it: openssl x509 -in … -out …");
        }
    }

    private static bool IsKeyOf(X509Certificate2 certificate, string text, string name, string path)
    {
        try
        {
            if (certificate.GetRSAPublicKey() is { } rsa)
            {
                using var own = RSA.Create();
                own.ImportFromPem(text);
                return Same(own, rsa);
            }

            if (certificate.GetECDsaPublicKey() is { } ecdsa)
            {
                using var own = ECDsa.Create();
                own.ImportFromPem(Without(text, "EC PARAMETERS"));
                return Same(own, ecdsa);
            }

            return true; // of a kind that only nginx can judge
        }
        catch (ArgumentException)
        {
            throw Unusable(name, $"'{path}' holds no key in PEM (-----BEGIN PRIVATE KEY-----). Convert it: openssl pkey -in … -out …");
        }
        catch (CryptographicException)
        {
            return false; // a key of another kind
        }
    }

    private static bool Same(AsymmetricAlgorithm own, AsymmetricAlgorithm certified)
    {
        using (certified)
        {
            return own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certified.ExportSubjectPublicKeyInfo());
        }
    }

    /// <summary>What openssl writes before a key, and .NET would take for one of two.</summary>
    private static string Without(string text, string label)
    {
        var (begin, end) = ($"-----BEGIN {label}-----", $"-----END {label}-----");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from ? text.Remove(from, to + end.Length - from) : text;
    }

    private static DistributedApplicationException Unusable(string name, string reason) => new($"Nginx '{name}' can't serve TLS: {reason}.");
}
