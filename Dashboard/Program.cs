using Microsoft.AspNetCore.Connections;
using Stack.Dashboard;
using Stack.Dashboard.Settings;

try
{
    await using var app = DashboardHost.Build(args);
    try
    {
        await app.StartAsync();
    }
    catch (IOException e) when (e.InnerException is AddressInUseException)
    {
        throw new StartException(app.Services.GetRequiredService<Listeners>().Describe(e.Message));
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (StartException e)
{
    foreach (var problem in e.Problems)
    {
        await Console.Error.WriteLineAsync(problem);
    }

    return 1;
}
