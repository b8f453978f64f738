namespace Stack.Dashboard.Web.Control;

/// <summary>Maps the 256-colour and the 24-bit colours of terminals to the 16 basic ones.</summary>
internal static class AnsiPalette
{
    private static readonly (int R, int G, int B)[] Basic =
    [
        (0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16), (36, 114, 200), (188, 63, 188), (17, 168, 205), (200, 200, 200),
        (102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 245, 67), (59, 142, 234), (214, 112, 214), (41, 184, 219), (255, 255, 255),
    ];

    /// <summary>The basic colour nearest to number <paramref name="index"/> of the 256; null if there is no such number.</summary>
    public static int? FromIndex(int index) => index switch
    {
        < 0 or > 255 => null,
        < 16 => index,
        >= 232 => Nearest((index - 232) * 10 + 8, (index - 232) * 10 + 8, (index - 232) * 10 + 8),
        _ => Nearest(Cube((index - 16) / 36), Cube((index - 16) / 6 % 6), Cube((index - 16) % 6)),
    };

    /// <summary>The basic colour nearest to this one.</summary>
    public static int? Nearest(int red, int green, int blue)
    {
        var best = 0;
        var least = long.MaxValue;
        for (var i = 0; i < Basic.Length; i++)
        {
            var (r, g, b) = Basic[i];
            var distance = (long)(red - r) * (red - r) + (long)(green - g) * (green - g) + (long)(blue - b) * (blue - b);
            if (distance < least)
            {
                (best, least) = (i, distance);
            }
        }

        return best;
    }

    private static int Cube(int level) => level is 0 ? 0 : level * 40 + 55;
}
