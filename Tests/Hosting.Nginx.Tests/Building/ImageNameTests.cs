using Stack.Hosting.Nginx.Building;

namespace Stack.Hosting.Nginx.Tests.Building;

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
}
