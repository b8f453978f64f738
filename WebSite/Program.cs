using WebSite.Data;
using WebSite.Starting;

if (await StackCommands.TryRunAsync(args) is { } code)
{
    return code;
}

try
{
    var arguments = SiteArguments.Parse(args);
    var builder = WebApplication.CreateBuilder(arguments.ForHost);
    if (arguments.Port is { } port)
    {
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    }

    builder.AddServiceDefaults();
    builder.AddBoard();

    await using var app = builder.Build();
    if (arguments.Migrate)
    {
        await app.Services.GetRequiredService<MigrationStep>().RunAsync();
        return 0;
    }

    await app.Services.GetRequiredService<DatabaseCheck>().RunAsync();
    app.MapBoard();
    app.MapDefaultEndpoints();
    await app.RunAsync();
    return 0;
}
catch (StartException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return refusal.ExitCode;
}
