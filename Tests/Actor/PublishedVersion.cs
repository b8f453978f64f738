namespace Actor;

/// <summary>One version of a published site, told apart by files in its working directory: <c>version.txt</c> is what it answers with beside its process id. With <c>broken</c> it says so and ends with 3; with <c>slow</c> it never gets ready. Its job writes the version into the file that the variable PREPARED names; with <c>unprepared</c> it fails with 4.</summary>
internal static class PublishedVersion
{
    public static async Task<int> PrepareAsync()
    {
        if (File.Exists("unprepared"))
        {
            Console.WriteLine("the table 'color' is locked");
            return 4;
        }

        await File.AppendAllTextAsync(Environment.GetEnvironmentVariable("PREPARED")!, $"{(await File.ReadAllTextAsync("version.txt")).Trim()}\n");
        return 0;
    }

    public static async Task<int> RunAsync()
    {
        var version = (await File.ReadAllTextAsync("version.txt")).Trim();
        Console.WriteLine($"this is {version}");
        if (File.Exists("broken"))
        {
            Console.WriteLine("the database has no column 'color'");
            return 3;
        }

        await HttpServer.RunAsync(int.Parse(Environment.GetEnvironmentVariable("PORT")!), File.Exists("slow") ? int.MaxValue : 0, version);
        return 0;
    }
}
