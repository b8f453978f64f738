using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>A certificate of its own issue, as files.</summary>
internal sealed record TestCertificate(string Certificate, string Key)
{
    public static TestCertificate Create(TempFolder temp, string name = "tls", bool rsa = false, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsaKey
            ? new CertificateRequest($"CN={name.Split(' ')[0]}.example", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name.Split(' ')[0]}.example", (ECDsa)key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddDnsName("*.example");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(from ?? now.AddDays(-1), to ?? now.AddDays(90));
        return new(temp.Write($"{name}.crt", certificate.ExportCertificatePem()), Private(temp.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem())));
    }

    public static bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && certificate.Subject.EndsWith(".example", StringComparison.Ordinal);

    private static string Private(string path)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
