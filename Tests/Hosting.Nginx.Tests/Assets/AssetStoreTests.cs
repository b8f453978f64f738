using Aspire.Hosting;
using Stack.Hosting.Nginx.Assets;

namespace Stack.Hosting.Nginx.Tests.Assets;

public sealed class AssetStoreTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_files_of_a_site_are_copied_where_the_workers_reach_them_with_their_compressed_ones()
    {
        var published = PublishedSite.Write(_temp, "out", ("css/site.css", "one"), ("my file.js", "two"));
        File.WriteAllText(Path.Combine(published, "wwwroot", "css", "site.css.gz"), "compressed");
        File.SetUnixFileMode(Path.Combine(published, "wwwroot", "my file.js"), UnixFileMode.UserRead);

        var assets = Store.Add("site", published);

        var file = Path.Combine(Folder, assets.Single(asset => asset.Url == PublishedSite.Url("css/site.css", "one")).File);
        File.ReadAllText(file).ShouldBe("one");
        File.ReadAllText($"{file}.gz").ShouldBe("compressed");
        File.GetUnixFileMode(Path.Combine(Folder, assets.Single(asset => asset.Url == PublishedSite.Url("my file.js", "two")).File)).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).HasFlag(UnixFileMode.OtherExecute).ShouldBeTrue();
    }

    [Fact]
    public void A_release_keeps_the_addresses_of_the_ones_before_it_until_there_are_three()
    {
        var releases = Enumerable.Range(1, 4).Select(number => PublishedSite.Write(_temp, $"out{number}", ("site.css", $"content {number}"), ("same.js", "same"))).ToList();
        List<IReadOnlyList<StaticAsset>> assets = [];
        foreach (var (number, release) in releases.Index())
        {
            assets.Add(new AssetStore(Folder, new AtMinute(number)).Add("site", release));
        }

        assets[1].Select(asset => asset.Url).ShouldContain(PublishedSite.Url("site.css", "content 1"));
        assets[1].Where(asset => asset.Url == PublishedSite.Url("same.js", "same")).ShouldHaveSingleItem();
        assets[3].Select(asset => asset.Url).ShouldBe(
            [PublishedSite.Url("same.js", "same"), .. new[] { 2, 3, 4 }.Select(number => PublishedSite.Url("site.css", $"content {number}"))], ignoreOrder: true);
        assets[3].ShouldAllBe(asset => File.Exists(Path.Combine(Folder, asset.File)));
        Directory.GetDirectories(Path.Combine(Folder, "site")).Length.ShouldBe(3);
    }

    [Fact]
    public void The_same_release_is_copied_once()
    {
        var published = PublishedSite.Write(_temp, "out", ("site.css", "one"));
        var first = Store.Add("site", published);
        File.Delete(Path.Combine(published, "wwwroot", "site.css"));

        Store.Add("site", published).ShouldBe(first);
    }

    [Fact]
    public void A_folder_that_is_not_of_a_published_site_is_an_error()
    {
        Directory.CreateDirectory(Path.Combine(_temp.Path, "empty"));

        Should.Throw<DistributedApplicationException>(() => Store.Add("site", Path.Combine(_temp.Path, "empty"))).Message.ShouldBe(
            $"Nginx can't send the static files of 'site': '{_temp.Path}/empty' holds 0 files named *.staticwebassets.endpoints.json, and one is needed. " +
            "Publish the site with .NET 9 or newer (dotnet publish), or leave WithStaticFiles out.");
    }

    [Fact]
    public void A_manifest_that_can_not_be_read_is_an_error()
    {
        _temp.Write("out/Site.staticwebassets.endpoints.json", "[");

        Should.Throw<DistributedApplicationException>(() => Store.Add("site", Path.Combine(_temp.Path, "out"))).Message
            .ShouldStartWith("Nginx can't send the static files of 'site': its *.staticwebassets.endpoints.json can't be read (");
    }

    private string Folder => Path.Combine(_temp.Path, "assets");

    private AssetStore Store => new(Folder, TimeProvider.System);

    private sealed class AtMinute(int minute) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, minute, 0, TimeSpan.Zero);
    }
}
