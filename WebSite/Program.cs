using Microsoft.AspNetCore.Mvc;
using WebSite.Models;

if (await StackCommands.TryRunAsync(args) is { } code)
{
    return code;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();

builder.Services.AddControllersWithViews(mvc => mvc.Filters.Add(new AutoValidateAntiforgeryTokenAttribute()));
builder.Services.Configure<WhoAmIOptions>(builder.Configuration.GetSection(WhoAmIOptions.Section));

var app = builder.Build();

if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/error");
}

app.UseStatusCodePagesWithReExecute("/error/{0}");
app.UseRouting();

app.MapStaticAssets();
app.MapControllerRoute("default", "{controller=Home}/{action=Index}/{id?}");
app.MapDefaultEndpoints();

app.Run();
return 0;
