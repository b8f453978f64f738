using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("nginx", null, "nginx", null, null)]
    [InlineData("nginx:1.28", null, "nginx", "1.28", null)]
    [InlineData("team/nginx:1.28", null, "team/nginx", "1.28", null)]
    [InlineData("localhost:5000/nginx", "localhost:5000", "nginx", null, null)]
    [InlineData("localhost/team/nginx:a", "localhost", "team/nginx", "a", null)]
    [InlineData("images.example/team/nginx@sha256:abc", "images.example", "team/nginx", null, "abc")]
    public void A_name_is_taken_apart_and_put_together_again(string name, string? registry, string image, string? tag, string? digest)
    {
        var parsed = ImageName.Parse(name);

        (parsed.Registry, parsed.Image, parsed.Tag, parsed.SHA256).ShouldBe((registry, image, tag, digest));
        ImageName.Text(parsed).ShouldBe(name);
    }

    [Fact]
    public void A_digest_wins_over_a_tag_beside_it()
    {
        var parsed = ImageName.Parse("redis:7@sha256:abc");

        (parsed.Image, parsed.Tag, parsed.SHA256).ShouldBe(("redis", null, "abc"));
    }

    [Fact]
    public void Another_digest_than_SHA_256_is_refused()
        => Should.Throw<ArgumentException>(() => ImageName.Parse("redis@md5:abc")).Message.ShouldBe(
            "The digest of the image 'redis@md5:abc' is no SHA-256. Write it as 'image@sha256:' and the digest. (Parameter 'name')");
}
