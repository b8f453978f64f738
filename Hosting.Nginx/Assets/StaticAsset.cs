namespace Stack.Hosting.Nginx.Assets;

/// <summary>A file that Nginx may send in place of the site.</summary>
/// <param name="Url">Path, and query if it has to have one. It names this content and never another: it holds a fingerprint.</param>
/// <param name="File">Relative path of the file.</param>
internal sealed record StaticAsset(string Url, string File);
