using System.Security.Cryptography;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Runtime;

public sealed class CertificateFilesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_certificate_and_its_key_are_accepted(bool rsa)
    {
        var (certificate, key) = TestCertificate.Create(_temp, rsa: rsa);

        CertificateFiles.Check("nginx", certificate, key, Now).ShouldBeEmpty();
    }

    [Fact]
    public void A_key_as_older_programs_write_it_is_accepted()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (certificate, key) = TestCertificate.Create(_temp);
        ecdsa.ImportFromPem(File.ReadAllText(key));
        var old = _temp.Write("old.key", $"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{ecdsa.ExportECPrivateKeyPem()}\n");

        CertificateFiles.Check("nginx", certificate, old, Now).ShouldBe([$"Everybody on this machine can read the key '{old}'. Take that away (chmod o-r)."]);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void A_key_of_another_certificate_is_an_error_that_names_both(bool rsa, bool otherRsa)
    {
        var (certificate, _) = TestCertificate.Create(_temp, "one", rsa);
        var (_, key) = TestCertificate.Create(_temp, "two", otherRsa);

        Fails(certificate, key).ShouldBe(
            $"Nginx 'nginx' can't serve TLS: the key '{key}' is not that of the certificate '{certificate}' (CN=one.example). " +
            "Give both files of one certificate to WithTls, the site's own certificate first in its file.");
    }

    [Fact]
    public void An_encrypted_key_is_an_error_that_tells_how_to_decrypt_it()
    {
        using var rsa = RSA.Create(2048);
        var (certificate, _) = TestCertificate.Create(_temp);
        var key = _temp.Write("locked.key", rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        Fails(certificate, key).ShouldBe(
            $"Nginx 'nginx' can't serve TLS: the key '{key}' is encrypted, and nobody is there to type its password. " +
            "Decrypt it (openssl pkey -in … -out …) and let only its owner read it.");
    }

    [Fact]
    public void A_file_that_is_missing_or_something_else_is_named()
    {
        var (certificate, key) = TestCertificate.Create(_temp);
        var note = _temp.Write("note.txt", "no certificate");

        Fails("/no/such.crt", key).ShouldBe(
            "Nginx 'nginx' can't serve TLS: the certificate '/no/such.crt' can't be read: there is no such file. Correct the path given to WithTls, or the rights of the file.");
        Fails(certificate, "/no/such.key").ShouldContain("the key '/no/such.key' can't be read: there is no such file.");
        Fails(note, key).ShouldContain($"'{note}' holds no certificate in PEM");
        Fails(certificate, note).ShouldContain($"'{note}' holds no key in PEM");
    }

    [Fact]
    public void The_end_of_a_certificate_is_told_before_it_comes()
    {
        var (soon, soonKey) = TestCertificate.Create(_temp, "soon", to: Now.AddDays(13));
        var (over, overKey) = TestCertificate.Create(_temp, "over", from: Now.AddDays(-20), to: Now.AddDays(-1));
        var (early, earlyKey) = TestCertificate.Create(_temp, "early", from: Now.AddDays(1));

        CertificateFiles.Check("nginx", soon, soonKey, Now).ShouldHaveSingleItem().ShouldStartWith($"The certificate '{soon}' ends at ");
        CertificateFiles.Check("nginx", over, overKey, Now).ShouldHaveSingleItem().ShouldStartWith($"The certificate '{over}' is over since ");
        CertificateFiles.Check("nginx", early, earlyKey, Now).ShouldHaveSingleItem().ShouldStartWith($"The certificate '{early}' is not valid before ");
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Fails(string certificate, string key) =>
        Should.Throw<DistributedApplicationException>(() => CertificateFiles.Check("nginx", certificate, key, Now)).Message;
}
